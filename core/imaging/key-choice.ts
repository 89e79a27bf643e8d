import { keyNames, type KeyName } from '../emulation-prompts.ts'
import type { EditImage } from '../request.ts'
import { openEncoded, produce } from './codec.ts'
import { keyness } from './keyness.ts'

/** A look at so many pixels a side is enough: what is smaller in the image than one of them is no area. */
const side = 64
/** Of the pixels that are most like a key, so many are left out: a few of them make no area. */
const stray = 0.01

/**
 * The key colour that is farthest from the image's own; of equals the first one, green, which models know best.
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID when it does not decode
 */
export async function chooseKey ({ bytes, width, height }: EditImage): Promise<KeyName> {
  const source = { bytes, field: 'image', name: 'image', pixels: width * height }
  const { data } = await produce(openEncoded(source).resize(side, side, { fit: 'fill', kernel: 'linear' }).toColourspace('srgb').removeAlpha().raw(), source)
  const likeness = (name: KeyName) => {
    const values = Array.from({ length: side * side }, (_, pixel) => keyness(name, data[pixel * 3], data[pixel * 3 + 1], data[pixel * 3 + 2]))
    return Math.max(0, values.toSorted((a, b) => b - a)[Math.round(stray * values.length)])
  }
  const scores = keyNames.map(name => ({ name, score: likeness(name) }))
  return scores.reduce((best, next) => next.score < best.score ? next : best).name
}
