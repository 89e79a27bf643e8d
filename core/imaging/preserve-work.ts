import { EditError } from '../errors.ts'
import type { Region, Size } from '../request.ts'
import { countChanges, type Changes } from './changes.ts'
import { readMetadata } from './codec.ts'
import { isColourful } from './colourful.ts'
import { compose } from './compose.ts'
import { decode, type DecodeOptions } from './decode.ts'
import { measureBoth, type Figures, type Question } from './gate-figures.ts'
import type { Header } from './header.ts'
import { pack, type Further, type Packed } from './packed.ts'
import { withProfile } from './profile-file.ts'
import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import { cutOut, emptyLike, layInto } from './raster-part.ts'
import type { Bytes } from './region.ts'
import { release } from './ownership.ts'
import type { Reshape } from './reshape.ts'

/** An image and what a model made of it. */
export interface Comparison {
  readonly image: Header
  readonly result: Header
  readonly reshape: Reshape
  /** The result's, after its reshaping. */
  readonly size: Size
  /** The part of it that shows the image, which is scaled to it. */
  readonly place: Region
  /** The part of the image that the result shows; absent = all of it. */
  readonly part?: Region | undefined
  /** Of that size. Absent: what is around the image is masked. */
  readonly mask?: Bytes | undefined
  /** Asked of the result before anything is put back. */
  readonly question?: Question | undefined
}

/** What the result changed, and what was asked of it. */
export interface Compared extends Changes { readonly figures?: Figures }

/** What does not decode. An error's class would be lost on its way between threads. */
export interface Damage { readonly damaged: 'image' | 'result' }

export interface Preserved extends Compared {
  readonly picture: Packed
  readonly alpha: boolean
  /** It has the image's colour profile. */
  readonly profiled: boolean
  /** Pixels by which the result had been shifted, which is taken back; absent = it was not. */
  readonly moved?: number
  /** Sentences for the caller. */
  readonly warnings: readonly string[]
}

/** Counts what the result changed of the image where it is not masked. */
export async function compareWithImage (comparison: Comparison): Promise<Compared | Damage> {
  return await withBoth(comparison, async ({ canvas, result, mask }) => {
    return { ...countChanges(canvas, result, mask.pixels, toleranceFor(comparison)), ...measure(comparison, canvas, result, mask) }
  })
}

/**
 * Puts the image's own pixels back into a result where it is not masked, in the image's colour space, depth and transparency.
 * @param further see `pack`
 */
export async function preserveImage ({ further, ...comparison }: Comparison & { readonly further: Further }): Promise<Preserved | Damage> {
  return await withBoth(comparison, async ({ ground, canvas, result, mask, icc, warnings }) => {
    const changes = { ...countChanges(canvas, result, mask.pixels, toleranceFor(comparison)), ...measure(comparison, canvas, result, mask) }
    const blank = comparison.mask === undefined
    const opaque = blank || isHole(canvas, mask)
    const offset = compose(canvas, result, mask, { blank, opaque })
    const { part } = comparison
    const whole = part === undefined ? canvas : layInto(ground, canvas, part)
    return {
      picture: await pack(whole, icc, further),
      alpha: hasAlpha(canvas),
      profiled: icc !== undefined,
      ...offset && { moved: Math.hypot(offset.x, offset.y) },
      warnings: [
        ...warnings,
        ...hasAlpha(canvas) && !hasAlpha(result) && !opaque ? ['result: it has no transparency, so that of the image is kept'] : []
      ],
      ...changes
    }
  })
}

/** The figures for the gates, when they are asked for. */
export function measure ({ mask, question }: Pick<Comparison, 'mask' | 'question'>, image: Raster, result: Raster, around: Bytes): Pick<Compared, 'figures'> {
  return question === undefined ? {} : { figures: measureBoth(image, result, mask, around, question) }
}

/** Does work on both, which are decoded for it and gone after it. */
export async function withBoth<T> (comparison: Comparison, work: (both: Both) => Promise<T>): Promise<T | Damage> {
  try {
    const both = await decodeBoth(comparison)
    const answer = await work(both)
    release(both.ground.data, both.canvas.data, both.result.data)
    return answer
  } catch (error) {
    if (error instanceof DamageFound) return { damaged: error.damaged }
    throw error
  }
}

type Both = Awaited<ReturnType<typeof decodeBoth>>

/** In one colour space: the image's, but RGB when the result brings colour into a grey image. */
async function decodeBoth ({ image, result, reshape, size, place, part, mask }: Comparison) {
  const grey = image.colour === 'grey' && !await from('result', isColourful(result))
  const promoted = image.colour === 'grey' && !grey
  const { icc } = image.profiled && !promoted ? await readMetadata(image.bytes) : {}
  const scaled = place.width !== image.width || place.height !== image.height
  const ground = await from('image', decode(image, {
    grey,
    deep: image.deep,
    colours: promoted ? 'srgb' : 'keep',
    reshape: scaled ? { scaledTo: { width: place.width, height: place.height } } : {}
  }))
  const read = async (colours: DecodeOptions['colours']) =>
    await from('result', decode(result, { grey, deep: image.deep && result.deep && colours === 'keep', colours, reshape }))
  const name = promoted ? null : image.profile
  return {
    ground,
    canvas: part === undefined ? layOn(ground, size, place) : cutOut(ground, part),
    result: name === result.profile
      ? await read('keep')
      : name === null || icc === undefined ? await read('srgb') : await withProfile({ name, icc }, read),
    mask: mask ?? around(place, size),
    icc,
    warnings: promoted && image.profile !== null
      ? [`result: its colour profile is sRGB, as it has colours and "${image.profile}" is for greys`]
      : []
  }
}

/** The image with room around it; itself when there is none. */
function layOn (raster: Raster, size: Size, place: Region): Raster {
  return raster.width === size.width && raster.height === size.height ? raster : layInto(emptyLike(raster, size), raster, place)
}

function around ({ left, top, width, height }: Region, size: Size): Bytes {
  const pixels = new Uint8Array(size.width * size.height)
  if (width === size.width && height === size.height) return { pixels, ...size }
  pixels.fill(255)
  for (let y = top; y < top + height; y++) pixels.fill(0, y * size.width + left, y * size.width + left + width)
  return { pixels, ...size }
}

/** Is the image invisible where it is masked? Then the hole was to be filled, and a result without transparency has filled it. */
function isHole (image: Raster, { pixels }: Bytes): boolean {
  if (!hasAlpha(image)) return true
  const { data, channels } = image
  const half = fullOf(image) / 2
  let masked = 0
  let visible = 0
  for (let pixel = 0, at = coloursOf(image); pixel < pixels.length; pixel++, at += channels) {
    if (pixels[pixel] < 128) continue
    masked++
    if (data[at] > half) visible++
  }
  return visible <= masked / 100
}

/** Levels of 0–255 by which a pixel may differ and has not been changed: what encoders and scaling do is not meant. */
function toleranceFor ({ image, result, reshape, place }: Comparison): number {
  const isScaled = reshape.scaledTo !== undefined || place.width !== image.width || place.height !== image.height
  return result.mediaType === 'image/png' && image.profile === result.profile && !isScaled ? 0 : 2
}

async function from<T> (part: Damage['damaged'], work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof EditError ? new DamageFound(part) : error
  }
}

class DamageFound extends Error {
  readonly damaged: Damage['damaged']

  constructor (damaged: Damage['damaged']) {
    super(damaged)
    this.damaged = damaged
  }
}
