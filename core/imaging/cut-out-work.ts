import { keyNames, type KeyName } from '../emulation-prompts.ts'
import { countChanges } from './changes.ts'
import { compose } from './compose.ts'
import { borderPlaces, readFlatBackdrop, type FlatBackdrop } from './flat-backdrop.ts'
import { measureAlone } from './gate-figures.ts'
import { extractKeyMatte } from './key-matting.ts'
import { keyness } from './keyness.ts'
import { pack, type Further } from './packed.ts'
import { withBoth, type Comparison, type Damage, type Preserved } from './preserve-work.ts'
import { fullOf, hasAlpha, type Raster } from './raster.ts'
import { findUnlike } from './subject-match.ts'

export interface CutOut extends Preserved {
  /** The subject has the image's own pixels, but for so many along its edge. */
  readonly ownBut: number | undefined
}

/** Why a result holds no subject before a key colour, for people. */
export interface NotKeyed { readonly unkeyed: string }

/** Of the border that is to be backdrop: the subject may reach the rest of it. */
const leastShare = 0.4
/** Levels that a flat colour may vary by. */
const mostSpread = 12
/** Levels of key in a colour that is one. */
const leastKeyness = 80
/** Of all pixels. */
const leastSubject = 0.0005

/**
 * Makes the backdrop of a result transparent that a model was told to paint in a key colour.
 * @param ownPixels the subject gets the image's own pixels, where the two show the same in the same place
 * @param further see `pack`
 */
export async function cutOutImage ({ ownPixels, further, ...comparison }: Comparison & { readonly ownPixels: boolean, readonly further: Further }): Promise<
  CutOut | Damage | NotKeyed
> {
  return await withBoth(comparison, async ({ canvas, result, icc, warnings }) => {
    const found = findKey(result)
    if (found === undefined) return { unkeyed: 'the background of the result is not one flat colour: the model has not made it so' }
    const { cutout, alpha } = extractKeyMatte(result, found.backdrop, found.key)
    if (alpha.reduce((sum, value) => sum + (value > 127 ? 1 : 0), 0) < leastSubject * alpha.length) return { unkeyed: 'the result shows nothing but a background' }
    keepTransparency(canvas, cutout, alpha)
    const mask = alpha.map(value => value === 255 ? 0 : 255)
    const changes = countChanges(canvas, result, mask, 2)
    const unlike = ownPixels ? findUnlike(canvas, result, mask) : undefined
    const made = unlike === undefined ? cutout : withOwnPixels(canvas, cutout, unlike)
    // It cannot be compared with the image, and is not to be: what must change is the transparency.
    const figures = comparison.question && measureAlone(made, comparison.question)
    return {
      picture: await pack(made, icc, further),
      alpha: true,
      profiled: icc !== undefined,
      ownBut: unlike?.reduce((sum, value, pixel) => sum + Number(value > mask[pixel]), 0),
      warnings: [
        ...warnings,
        ...ownPixels && unlike === undefined ? ['the model has moved or repainted the subject: it is shown as the model made it'] : []
      ],
      ...changes,
      ...figures && { figures }
    }
  })
}

/** The key that the border of a picture shows. */
function findKey (picture: Raster): { readonly backdrop: FlatBackdrop, readonly key: KeyName } | undefined {
  if (picture.channels < 3) return undefined
  const backdrop = readFlatBackdrop(picture, borderPlaces(picture))
  if (backdrop === undefined || backdrop.share < leastShare || backdrop.spread > mostSpread) return undefined
  // A plane may reach beyond the key in a corner: it has to be one everywhere.
  const [right, bottom] = [picture.width - 1, picture.height - 1]
  const corners = [[0, 0], [right, 0], [0, bottom], [right, bottom]].map(([x, y]) => {
    const colour = new Float64Array(3)
    backdrop.colourAt(x, y, colour)
    return colour
  })
  const key = keyNames.find(name => corners.every(([red, green, blue]) => keyness(name, red, green, blue) >= leastKeyness))
  return key && { backdrop, key }
}

/** What was transparent in the image stays so. */
function keepTransparency (image: Raster, cutout: Raster, alpha: Uint8Array): void {
  if (!hasAlpha(image)) return
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const own = image.data[pixel * 4 + 3] / fullOf(image)
    cutout.data[pixel * 4 + 3] = Math.round(cutout.data[pixel * 4 + 3] * own)
    alpha[pixel] = Math.floor(alpha[pixel] * own)
  }
}

/** The image where it is opaque, the cutout where it is not. */
function withOwnPixels (image: Raster, cutout: Raster, mask: Uint8Array): Raster {
  const { width, height } = image
  const canvas = opaque(image)
  compose(canvas, cutout, { pixels: mask, width, height }, { blank: true })
  // Colours of what is invisible would only make the file larger.
  for (let at = 0; at < canvas.data.length; at += 4) if (canvas.data[at + 3] === 0) canvas.data.fill(0, at, at + 3)
  return canvas
}

function opaque (image: Raster): Raster {
  if (hasAlpha(image)) return image
  const { data, width, height } = image
  const values = width * height * 4
  const wide = data instanceof Uint16Array ? new Uint16Array(values) : new Uint8Array(values)
  const full = fullOf(image)
  for (let to = 0, from = 0; to < values; to += 4, from += 3) {
    wide[to] = data[from]
    wide[to + 1] = data[from + 1]
    wide[to + 2] = data[from + 2]
    wide[to + 3] = full
  }
  return { data: wide, width, height, channels: 4 }
}
