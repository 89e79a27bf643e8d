import sharp from 'sharp'
import { matchLight } from './light-match.ts'
import { wrapAt, wrapLight } from './light-wrap.ts'
import { readLight } from './light.ts'
import { byteOf, linearOf } from './oklab.ts'
import { Refusal, type LocalOperation, type Raster } from './raster.ts'
import { isCutOut, removeBackground } from './remove-background.ts'

const DEFAULT_STRENGTH = 0.5
/** How much of the background's light lies over the subject's very edge at full strength. */
const WRAP = 0.35

/**
 * Places the subject before another background and matches its light: to `lighting`, or else to the background.
 * The background covers the image, cut at the centre. Without one the subject stays where it is and only its light changes;
 * a cut-out then stays a cut-out. `light_source_strength` 0–1 (default 0.5) says how far the light is matched.
 * @throws Refusal when the subject cannot be told from its old background, or there is no light to match
 */
export const relight: LocalOperation = async (image, { background, lighting, parameters }) => {
  const strength = readStrength(parameters.light_source_strength)
  const model = lighting ?? background
  const light = model && readLight(model)
  if (!light) throw new Refusal('there is no light to match: send a background or a lighting image that is not transparent')
  const cut = await cutOut(image)
  const before = background === undefined && !isCutOut(image) ? new Uint8Array(cut.data) : undefined
  const own = readLight(cut)
  if (own === null) throw new Refusal('there is no visible subject to light')
  matchLight(cut, own, light, strength)
  if (background !== undefined) return await compose(cut, await cover(background, image), strength)
  return before === undefined ? cut : replace(image, before, cut)
}

function readStrength (value: unknown): number {
  return typeof value === 'number' ? Math.min(1, Math.max(0, value)) : DEFAULT_STRENGTH
}

async function cutOut (image: Raster): Promise<Raster> {
  try {
    return await removeBackground(image, { parameters: {} })
  } catch (err) {
    if (err instanceof Refusal) throw new Refusal(`the subject cannot be cut out: ${err.message}. Send it cut out, with a transparent background`, { cause: err })
    throw err
  }
}

/** The background in the image's size, three bytes a pixel. */
async function cover ({ data, width, height }: Raster, size: Raster): Promise<Uint8Array> {
  return await sharp(data, { raw: { width, height, channels: 4 } })
    .flatten({ background: '#ffffff' })
    .resize(size.width, size.height, { fit: 'cover', position: 'centre' })
    .removeAlpha().raw().toBuffer()
}

/** Lays the cut-out over the background in linear light, and a little of the background's light around its edge. Overwrites the cut-out. */
async function compose (cut: Raster, behind: Uint8Array, strength: number): Promise<Raster> {
  const { data, width, height } = cut
  const wrap = await wrapLight(cut, behind)
  const around = new Float64Array(4)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      const alpha = data[4 * p + 3] / 255
      data[4 * p + 3] = 255
      if (alpha === 0) {
        for (let c = 0; c < 3; c++) data[4 * p + c] = behind[3 * p + c]
        continue
      }
      wrapAt(wrap, (x + 0.5) / width, (y + 0.5) / height, around)
      // Darkness does not wrap around an edge.
      const brightness = 0.2126 * around[0] + 0.7152 * around[1] + 0.0722 * around[2]
      const veil = WRAP * strength * around[3] * Math.sqrt(brightness)
      for (let c = 0; c < 3; c++) {
        const front = linearOf[data[4 * p + c]] * (1 - veil) + around[c] * veil
        data[4 * p + c] = byteOf(alpha * front + (1 - alpha) * linearOf[behind[3 * p + c]])
      }
    }
  }
  return cut
}

/** Puts the subject in its new light into the picture it was cut from: only what belongs to it changes. Overwrites `after`. */
function replace (image: Raster, before: Uint8Array, after: Raster): Raster {
  const { data } = after
  for (let p = 0; p < data.length; p += 4) {
    const alpha = data[p + 3] / 255
    for (let c = p; c < p + 3; c++) {
      data[c] = alpha === 0 ? image.data[c] : byteOf(linearOf[image.data[c]] + alpha * (linearOf[data[c]] - linearOf[before[c]]))
    }
    data[p + 3] = image.data[p + 3]
  }
  return after
}
