import { EditError } from '../errors.ts'
import type { EditImage, EditMask, Expansion, OutputWish, Region, Size } from '../request.ts'
import { pixelPool } from './codec.ts'
import { finishImage, type FinishOptions } from './finish.ts'
import type { Question } from './gate-figures.ts'
import { readHeader, type Header } from './header.ts'
import { ownLimits } from './limits.ts'
import { release, surrendered } from './ownership.ts'
import { rawHeader, type Further } from './packed.ts'
import { copied, inThread } from './pixel-threads.ts'
import type { Compared, Comparison, Damage, Preserved } from './preserve-work.ts'
import { straightened, type Checked } from './render.ts'
import { reshapedSize, reshapeMask, type Reshape } from './reshape.ts'

/** A result that shows the image (for an outpainting: grown) or a part of it, whole and nothing else, once it is reshaped. */
export interface Subject {
  readonly image: EditImage
  readonly mask?: EditMask | undefined
  /** Of an outpainting: what was added is masked. */
  readonly expansion?: Expansion | undefined
  /** The part of the image that it shows, at the part's size; all that is masked lies in it. */
  readonly part?: Region | undefined
  readonly result: Header
  readonly reshape: Reshape
  /** For the gates. */
  readonly question?: Question | undefined
}

/**
 * Puts the image's own pixels back into a result where it is not masked, and gives it the wished format. Where the mask is 0, a
 * lossless format holds the image's very values, in its colour space, depth and transparency, unless another size than the
 * image's was wished.
 *
 * All work on pixels is done on other threads, and holds about four times the decoded image in memory.
 *
 * @throws EDIT_ERR_OUTPUT_REJECTED when the result does not decode, EDIT_ERR_IMAGE_INVALID when the image does not.
 */
export async function preserveUnmasked (subject: Subject, wish: Wish, exif?: FinishOptions['exif']): Promise<Checked & { readonly changes: Compared, readonly made: Preserved }> {
  return await makeResult(subject, wish, { exif, make: async (task, handOver) => await inThread('preserve', task, handOver) })
}

export type Wish = Pick<OutputWish, 'format' | 'quality' | 'background'>

/** Makes a new picture of an image and a result on other threads, and gives it the wished format. Throws as `preserveUnmasked` does. */
export async function makeResult<T extends Preserved> (subject: Subject, wish: Wish, { exif, make }: {
  readonly exif?: FinishOptions['exif'] | undefined
  readonly make: (task: Comparison & { readonly further: Further }, handOver: HandOver) => Promise<T | Damage>
}): Promise<Checked & { readonly changes: Compared, readonly made: T }> {
  const { width, height } = subject.part === undefined ? sizeOf(subject) : subject.image
  const further = { anew: wish.format !== 'image/png' || exif !== undefined, flattened: wish.background !== undefined && wish.background !== 'transparent' }
  const made = await work(subject, async (comparison, handOver) => await make({ ...comparison, further }, handOver))
  const { picture, alpha, profiled, warnings: losses, changed, total, figures } = made
  const changes = { changed, total, ...figures && { figures } }
  const warnings = [...straightened(subject.result), ...losses]
  if ('png' in picture) {
    const { profile } = subject.image
    return { image: { bytes: Buffer.from(picture.png.buffer), mediaType: 'image/png', width, height, alpha, profile: profiled ? profile : null }, warnings, changes, made }
  }
  const header = 'raw' in picture ? rawHeader(picture.raw, 'result') : await storedHeader(picture.stored, { width, height })
  const finished = await finishImage(header, wish, { exif })
  release(header.bytes)
  return { image: finished.image, warnings: [...warnings, ...finished.warnings], changes, made }
}

/** Not as of a PNG that could be given: whatever is wished, it is encoded anew. */
async function storedHeader (png: Uint8Array<ArrayBuffer>, size: Size): Promise<Header> {
  return { ...await readHeader(Buffer.from(png.buffer), 'result', ownLimits(png, size)), mediaType: undefined }
}

/** What a result changed where it is not masked. Throws as `preserveUnmasked` does. */
export async function compareUnmasked (subject: Subject): Promise<Compared> {
  return await work(subject, async (comparison, handOver) => await inThread('compare', comparison, handOver))
}

/** Pixels that are held at once: the image, the result, and planes of the mask and its seam that make up for a third one. */
const copies = 3

/** Copies that are the thread's from then on. */
type HandOver = Parameters<typeof inThread>[2]

async function work<T extends object> (subject: Subject, task: (comparison: Comparison, handOver: HandOver) => Promise<T | Damage>): Promise<T> {
  const { image, mask, expansion, part, result, reshape, question } = subject
  const size = sizeOf(subject)
  const place = part === undefined ? placeOf(image, size, expansion) : { left: 0, top: 0, width: image.width, height: image.height }
  // It was admitted under the operator's limits.
  const header = await readHeader(image.bytes, 'image', ownLimits(image.bytes, image))
  const shaped = mask && await reshapeMask(mask, { crop: part, scaledTo: size })
  const pixels = Math.max(size.width * size.height, header.pixels, result.pixels)
  const answer = await pixelPool(copies * pixels, async () => {
    const [imageBytes, resultBytes] = [await copied(header.bytes), await copied(result.bytes)]
    const maskPixels = shaped && (shaped === mask ? await copied(shaped.pixels) : surrendered(shaped.pixels))
    return await task({
      image: { ...header, bytes: Buffer.from(imageBytes.buffer) },
      result: { ...result, bytes: Buffer.from(resultBytes.buffer) },
      reshape,
      size,
      place,
      part,
      question,
      ...maskPixels && { mask: { ...size, pixels: maskPixels } }
    }, [imageBytes, resultBytes, ...maskPixels ? [maskPixels] : []])
  })
  if (!('damaged' in answer)) return answer
  const { name, field } = answer.damaged === 'image' ? header : result
  throw new EditError(answer.damaged === 'image' ? 'EDIT_ERR_IMAGE_INVALID' : 'EDIT_ERR_OUTPUT_REJECTED',
    `${field}: the ${name} is damaged, its pixels cannot be decoded`, { details: { field, ...answer.damaged === 'result' && { gate: 'damaged' } } })
}

function sizeOf ({ result, reshape }: Subject): Size {
  const { width, height } = reshapedSize(result, reshape)
  return { width, height }
}

/** Where the image is in a result of this size. */
function placeOf ({ width, height }: Size, size: Size, expansion: Expansion = { left: 0, right: 0, up: 0, down: 0 }): Region {
  const across = size.width / (width + expansion.left + expansion.right)
  const down = size.height / (height + expansion.up + expansion.down)
  const left = Math.round(expansion.left * across)
  const top = Math.round(expansion.up * down)
  return {
    left,
    top,
    width: Math.max(1, Math.round((expansion.left + width) * across) - left),
    height: Math.max(1, Math.round((expansion.up + height) * down) - top)
  }
}
