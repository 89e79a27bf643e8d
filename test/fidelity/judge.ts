import sharp from 'sharp'
import type { Case, Format } from './cases.ts'
import { countChanged, decode, deviation, readTruth, type Place, type Samples, type Truth } from './oracle.ts'
import { measureSeam, type Seam } from './seam.ts'
import type { Answer } from './service.ts'

export const aspects = ['answer', 'type', 'size', 'turned', 'profile', 'alpha', 'depth', 'pixels', 'preservation', 'seam'] as const
export type Aspect = typeof aspects[number]

export interface Failure {
  readonly aspect: Aspect
  readonly detail: string
}

export interface Verdict {
  readonly failures: readonly Failure[]
  /** Unmasked pixels that are not the input's; undefined = nothing was to be kept, or the format is lossy. */
  readonly changed?: number
  /** Mean error of what was to be kept, over that of the encoder alone; for lossy formats. */
  readonly lossy?: { readonly mean: number, readonly own: number }
  readonly seam?: Seam & { readonly before: number }
}

/** Pixels around the mask that share a block with it, after whatever the format's filters smear. */
const blocks: Readonly<Record<Format, number>> = { png: 0, jpeg: 16, webp: 24, avif: 72 }

/**
 * The step across a seam may be that of the lines around it, or that of the image at the same place, and so much more as lines without a
 * seam differ among themselves: three times their spread, or half a level of 255, below which nobody sees a step.
 */
const seamTolerance = { spreads: 3, levels: 0.5 }

/**
 * What a lossy format may do beyond the encoder alone, which sees other blocks where a mask or a border cuts them: a third more in the mean
 * and in all but a thousandth of the samples. The worst of a million says little: one block that the encoder spares more bits is
 * enough, so twice its own and 16 levels only catch what is altogether wrong.
 */
const lossTolerance = { mean: { share: 1.3, levels: 0.25 }, high: { share: 1.3, levels: 2 }, most: { share: 2, levels: 16 } }

const smooth = new Set(['photo', '16-bit', 'wide gamut', 'EXIF', 'format', 'grey'])

/** Holds an answer against what was promised. Judges by what sharp alone makes of both files. */
export async function judge ({ image, wish, provider, format, quality, emulated }: Case, { body }: Answer): Promise<Verdict> {
  const failures: Failure[] = []
  const fail = (aspect: Aspect, detail: string) => failures.push({ aspect, detail })
  const bytes = Buffer.from(body.image_base64.slice(body.image_base64.indexOf(',') + 1), 'base64')
  const [input, output] = await Promise.all([readTruth(image.bytes), readTruth(bytes)])
  const { warnings, adaptations, preservation } = body.metadata
  const said = [...warnings, ...adaptations.map(({ detail }) => detail)].join(' | ')

  const type = output.metadata.format === 'heif' ? output.metadata.compression === 'av1' ? 'avif' : 'heif' : output.metadata.format
  if (type !== format || body.metadata.output_format !== format) fail('type', `asked for ${format}, got ${type}, called ${body.metadata.output_format}`)

  const { expand_left: left = 0, expand_right: right = 0, expand_up: top = 0, expand_down: bottom = 0 } = wish.fields as Record<string, number> // of these four
  const size = { width: input.width + left + right, height: input.height + top + bottom }
  const isSized = output.width === size.width && output.height === size.height && body.width === output.width && body.height === output.height
  if (!isSized) fail('size', `promised ${size.width}×${size.height}, got ${output.width}×${output.height}, called ${body.width}×${body.height}`)

  const profiled = judgeProfile(input, output, said)
  if (profiled !== undefined) fail('profile', profiled)
  const seen = await judgeAlpha(wish.operation, format, { input, output, original: image.bytes, result: bytes, said })
  if (seen !== undefined) fail('alpha', seen)
  if (!isSized) return { failures }

  const place = { left, top }
  const isKept = wish.masked || wish.operation === 'outpaint'
  if (!isKept) {
    if (!input.alpha && ['photo', 'EXIF', 'wide gamut'].includes(image.class) && ['general_edit', 'search_recolor'].includes(wish.operation)) {
      const turned = await judgeTurn(image.bytes, bytes)
      if (turned !== undefined) fail('turned', turned)
    }
    return { failures }
  }

  const masked = wish.masked ? image.mask.pixels : undefined
  const isDeep = input.deep && output.deep
  if (input.deep && format === 'png' && !output.deep) fail('depth', '16 bits a channel have become 8')
  const isConverted = input.icc !== undefined && !isSrgb(input.icc) && output.icc === undefined
  const [original, result] = await Promise.all([
    decode(image.bytes, { colours: isConverted || input.metadata.space === 'cmyk' ? 'sRGB' : 'stored', deep: isDeep }),
    decode(bytes, { colours: 'stored', deep: isDeep })
  ])
  const unmasked = masked === undefined ? image.width * image.height : masked.reduce((count, value) => value === 0 ? count + 1 : count, 0)
  const { changed_before: before = 0, changed_after: after = 0 } = preservation ?? {}
  if (preservation === null) fail('preservation', `nothing is said of it: ${said}`)
  else if (after !== 0) fail('preservation', `${after} of what was to be kept is changed, it says`)
  else if (provider !== 'local' && unmasked > 200 && before === 0) fail('preservation', 'the model changed nothing, it says, and it did')

  if (format !== 'png') {
    const lossy = await judgeLossy({ original, result, place, masked, format, quality })
    const { own } = lossy
    const worse = (['mean', 'high', 'most'] as const).filter(of => lossy[of] > own[of] * lossTolerance[of].share + lossTolerance[of].levels)
    if (worse.length > 0) fail('pixels', worse.map(of => `${format} differs by ${lossy[of].toFixed(2)} (${of}), the encoder alone by ${own[of].toFixed(2)}`).join(', '))
    return { failures, lossy: { mean: lossy.mean, own: own.mean } }
  }
  const { changed, total } = countChanged(original, result, place, masked)
  if (changed > 0) fail('pixels', `${changed} of ${total} unmasked pixels are changed`)
  // The others paint what has edges of its own.
  if (!smooth.has(image.class) || input.alpha || provider !== 'stability' || emulated) return { failures, changed }

  const region = masked ?? around(size, { ...place, width: image.width, height: image.height })
  const seam = measureSeam(result, region)
  // Nothing is known of what lies beyond the image: its seam is held against steps between its own outermost pixels.
  const was = measureSeam(original, masked ?? around(image, { left: 2, top: 2, width: image.width - 4, height: image.height - 4 }))
  if (isVisible(seam, was)) fail('seam', `a step of ${seam.across.toFixed(2)} across, ${seam.around.toFixed(2)} ± ${seam.spread.toFixed(2)} around, ${was.across.toFixed(2)} in the image`)
  return { failures, changed, seam: { ...seam, before: was.across } }
}

/** @param was the same place in the image */
export function isVisible (seam: Seam, was: Seam): boolean {
  const allowed = (level: number, spread: number) => level + Math.max(seamTolerance.levels, seamTolerance.spreads * spread)
  return seam.across > Math.max(allowed(seam.around, seam.spread), allowed(was.across, was.spread))
}

function judgeProfile (input: Truth, output: Truth, said: string): string | undefined {
  const isPlain = output.icc === undefined || isSrgb(output.icc)
  if (input.metadata.space === 'cmyk') return isPlain && /CMYK/.test(said) ? undefined : `of CMYK is made ${nameOf(output.icc)}: ${said}`
  if (input.icc === undefined || isSrgb(input.icc)) return isPlain ? undefined : `sRGB has become ${nameOf(output.icc)}`
  if (output.icc?.equals(input.icc)) return undefined
  // A profile for greys cannot describe colours.
  if (input.grey && isPlain && /profile|sRGB/.test(said)) return undefined
  return `${nameOf(input.icc)} has become ${nameOf(output.icc)}: ${said}`
}

function isSrgb (icc: Buffer): boolean {
  return icc.includes('sRGB') || icc.includes(Buffer.from('sRGB', 'utf16le').swap16())
}

function nameOf (icc: Buffer | undefined): string {
  return icc === undefined ? 'sRGB' : `a profile of ${icc.length} bytes`
}

async function judgeAlpha (operation: string, format: Format, { input, output, original, result, said }: {
  readonly input: Truth, readonly output: Truth, readonly original: Buffer, readonly result: Buffer, readonly said: string
}): Promise<string | undefined> {
  if (format === 'jpeg') return output.alpha ? 'a JPEG with transparency' : undefined
  const [was, is] = [input.alpha && await isTransparent(original), output.alpha && await isTransparent(result)]
  if (operation === 'remove_background') return is ? undefined : 'the background is not transparent'
  if (is && !was) return 'what was opaque is transparent'
  // Who lays a subject on something, or fills a hole, leaves nothing to see through.
  if (was && !is && !['relight', 'inpaint', 'erase'].includes(operation) && !/transparen/.test(said)) return `transparency is lost without a word: ${said}`
}

async function isTransparent (bytes: Buffer): Promise<boolean> {
  return !(await sharp(bytes, { limitInputPixels: false }).stats()).isOpaque
}

/** Does a result look most like the input as it stands, of its eight positions? */
async function judgeTurn (original: Buffer, result: Buffer): Promise<string | undefined> {
  const side = 16
  const read = async (bytes: Buffer) => (await sharp(bytes, { limitInputPixels: false, autoOrient: true }).flatten({ background: '#888' })
    .resize(side, side, { fit: 'fill' }).greyscale().toColourspace('b-w').raw().toBuffer())
  const [was, is] = await Promise.all([read(original), read(result)])
  const positions: ReadonlyArray<readonly [string, (x: number, y: number) => number]> = [
    ['upright', (x, y) => y * side + x], ['mirrored', (x, y) => y * side + side - 1 - x], ['upside down', (x, y) => (side - 1 - y) * side + side - 1 - x],
    ['flipped', (x, y) => (side - 1 - y) * side + x], ['transposed', (x, y) => x * side + y], ['turned right', (x, y) => (side - 1 - x) * side + y],
    ['turned left', (x, y) => x * side + side - 1 - y], ['transversed', (x, y) => (side - 1 - x) * side + side - 1 - y]
  ]
  const likeness = (place: (x: number, y: number) => number) => correlation(was, new Uint8Array(side * side).map((_, at) => is[place(at % side, Math.floor(at / side))] ?? 0))
  const [upright = 0, ...others] = positions.map(([, place]) => likeness(place))
  const best = Math.max(...others)
  return best > upright + 0.05 ? `it looks ${positions[1 + others.indexOf(best)]?.[0]}` : undefined
}

function correlation (a: Uint8Array, b: Uint8Array): number {
  const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB]
    ab += da * db
    aa += da * da
    bb += db * db
  }
  return aa * bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}

/** The settings that the API promises where no quality is named. */
const usual = { jpeg: 95, webp: 95, avif: 80 }

async function judgeLossy ({ original, result, place, masked, format, quality }: {
  readonly original: Samples, readonly result: Samples, readonly place: Place, readonly masked: Uint8Array | undefined, readonly format: Exclude<Format, 'png'>, readonly quality: number | undefined
}) {
  const { width, height, channels, data, full } = original
  const flat = full === 255 ? Buffer.from(data) : Buffer.from(Array.from(data, value => value >> 8))
  const picture = sharp(flat, { raw: { width, height, channels: channels as 3 | 4 }, limitInputPixels: false }) // as `decode` makes them
  const level = quality ?? usual[format]
  const encoded = format === 'jpeg'
    ? picture.flatten({ background: 'white' }).jpeg({ quality: level, chromaSubsampling: level < 90 ? '4:2:0' : '4:4:4' })
    : format === 'webp' ? picture.webp({ quality: level, effort: 2 }) : picture.avif({ quality: level, effort: 0 })
  const alone = await decode(await encoded.toBuffer(), { colours: 'stored', deep: false })
  const own = deviation(original, alone, { left: 0, top: 0 }, masked, blocks[format])
  return { ...deviation(original, result, place, masked, blocks[format]), own }
}

function around ({ width, height }: { readonly width: number, readonly height: number }, part: Place & { readonly width: number, readonly height: number }): Uint8Array {
  const region = new Uint8Array(width * height).fill(255)
  for (let y = part.top; y < part.top + part.height; y++) region.fill(0, y * width + part.left, y * width + part.left + part.width)
  return region
}
