import sharp from 'sharp'
import { draw, open } from '../core/imaging/pictures.ts'
import type { Failure } from './judge.ts'
import { countChanged, decode, type Samples } from './oracle.ts'
import { noise } from './scenes.ts'
import type { Service } from './service.ts'

/** Larger than any image that Stability takes, and with detail in every pixel. */
const size = { width: 4608, height: 3456 }
/** The pixels that it takes: the whole image would be sent with no more. */
const most = 9_437_184

/** Small masks, as they come on large images: where each is white. */
const shapes: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  'in a corner': (x, y) => x > size.width - 300 && y > size.height - 240,
  'in two places': (x, y) => Math.hypot(x - 1400, y - 1100) < 130 || Math.hypot(x - 2300, y - 1700) < 90,
  'a thin line': (x, y) => Math.abs(y - 700 - x / 4) < 5 && x > 800 && x < 1700,
  'at the upper border': (x, y) => y < 160 && Math.abs(x - 2400) < 260
}

export interface CropOutcome {
  readonly name: string
  /** How alike the finest detail inside of the mask is to the image's, from 0 to 1: as it came, and as it is when the whole image is scaled. */
  readonly detail: number
  readonly detailOfWhole: number
  readonly changed: number
  readonly failures: readonly Failure[]
}

/**
 * A large image, of which only the part around its mask goes to the model.
 * @param service of which the models have no habits: those would cost detail, too
 */
export async function runCrops (service: Service): Promise<CropOutcome[]> {
  const tile = await open(draw(512, 512, 3, (x, y) => [0, 1, 2].map(channel => 128 + Math.round(50 * noise(x, y, channel === 2 ? 3 : 2))))).png().toBuffer()
  const ground = await sharp({ create: { ...size, channels: 3, background: '#909a80' } }).png({ compressionLevel: 1 }).toBuffer()
  const image = await sharp(ground).composite([{ input: tile, tile: true, blend: 'hard-light' }]).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer()
  const original = await decode(image, { colours: 'stored', deep: false })
  const scale = Math.sqrt(most / (size.width * size.height))
  const sent = await sharp(image).resize(Math.floor(size.width * scale), Math.floor(size.height * scale), { fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer()
  const whole = await decode(await sharp(sent).resize(size.width, size.height, { fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer(), { colours: 'stored', deep: false })
  const outcomes: CropOutcome[] = []
  for (const [name, shape] of Object.entries(shapes)) {
    const mask = draw(size.width, size.height, 1, (x, y) => [shape(x, y) ? 255 : 0])
    const { status, body } = await service.edit({
      image_base64: image.toString('base64'),
      mask_base64: (await open(mask).png().toBuffer()).toString('base64'),
      operation: 'inpaint',
      prompt: 'a green bush',
      provider: 'stability',
      fallback: 'none',
      output_format: 'png'
    })
    if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body.detail)}`)
    const result = await decode(Buffer.from(body.image_base64.slice(body.image_base64.indexOf(',') + 1), 'base64'), { colours: 'stored', deep: false })
    const failures: Failure[] = []
    if (!body.metadata.adaptations.some(({ kind }) => kind === 'crop')) failures.push({ aspect: 'answer', detail: 'no part of it was sent, but all' })
    const isSized = result.width === size.width && result.height === size.height
    if (!isSized) failures.push({ aspect: 'size', detail: `${result.width}×${result.height}` })
    const { changed } = isSized ? countChanged(original, result, { left: 0, top: 0 }, mask.data) : { changed: 0 }
    if (changed > 0) failures.push({ aspect: 'pixels', detail: `${changed} unmasked pixels are changed` })
    const [detail, detailOfWhole] = isSized ? [likeness(original, result, mask.data), likeness(original, whole, mask.data)] : [0, 0]
    if (detail <= detailOfWhole + 0.05) failures.push({ aspect: 'pixels', detail: `of its detail ${detail.toFixed(2)} is there, of the scaled whole ${detailOfWhole.toFixed(2)}` })
    outcomes.push({ name, detail, detailOfWhole, changed, failures })
  }
  return outcomes
}

/** A line for each. */
export function cropLines (outcomes: readonly CropOutcome[]): string[] {
  return outcomes.map(({ name, detail, detailOfWhole, changed, failures }) => `  ${name.padEnd(20)} ${changed} changed, detail ${detail.toFixed(2)}, of the scaled whole ${detailOfWhole.toFixed(2)}${failures.map(({ aspect, detail }) => `; BROKEN: ${aspect}: ${detail}`).join('')}`)
}

/** The correlation of what each pixel differs in from its neighbours to the right and below, over what is masked. */
function likeness (original: Samples, result: Samples, masked: Uint8Array): number {
  const { width } = original
  let [ab, aa, bb] = [0, 0, 0]
  const fine = ({ data, channels }: Samples, pixel: number) => {
    const at = (place: number) => data[place * channels + 1] ?? 0
    return 2 * at(pixel) - at(pixel + 1) - at(pixel + width)
  }
  for (let pixel = 0; pixel < masked.length - width - 1; pixel++) {
    if (masked[pixel] === 0 || masked[pixel + 1] === 0 || masked[pixel + width] === 0) continue
    const [a, b] = [fine(original, pixel), fine(result, pixel)]
    ab += a * b
    aa += a * a
    bb += b * b
  }
  return aa * bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}
