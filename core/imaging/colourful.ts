import { openEncoded, produce, type EncodedSource } from './codec.ts'

/**
 * Has it colours, or only greys? Judged by a thumbnail, where neither the noise of compression nor the colour of invisible
 * pixels counts. Profiles are ignored. Throws EDIT_ERR_IMAGE_INVALID when it does not decode.
 */
export async function isColourful (source: EncodedSource): Promise<boolean> {
  const size = { width: thumbnailSide, height: thumbnailSide, fit: 'inside', withoutEnlargement: true, kernel: 'linear' } as const
  const pipeline = openEncoded(source, { ignoreIcc: true }).resize(size).toColourspace('srgb').ensureAlpha().raw()
  const { data } = await produce(pipeline, source)
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = data.subarray(at, at + 4)
    if (alpha >= 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > greyTolerance) return true
  }
  return false
}

const thumbnailSide = 256
/** Largest spread between the channels of what still counts as grey. */
const greyTolerance = 24
