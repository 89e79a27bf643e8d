import type { Candidate } from './planner.ts'
import { keyColours, keyWords } from './emulation-prompts.ts'
import type { ImageFit } from './fit-image.ts'
import { chooseKey } from './imaging/key-choice.ts'
import { markImage } from './imaging/mark.ts'
import type { EditImage, EditMask } from './request.ts'

/**
 * The image and the words that an emulation sends: where it needs a key colour, the one that is farthest from all that the image shows.
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID when the image has to be looked at and does not decode
 */
export async function emulateInputs ({ asked, emulation, request }: Pick<Candidate, 'asked' | 'emulation' | 'request'>): Promise<{
  readonly image: EditImage, readonly prompt: string | undefined
}> {
  const { images: [image], mask } = request
  if (emulation?.key === undefined) return { image, prompt: asked.prompt }
  const key = await chooseKey(image)
  return {
    image: mask !== undefined && emulation.mask === 'marked' ? await markImage(image, mask, keyColours[key]) : image,
    prompt: keyWords(emulation.key, key)
  }
}

/** Where the image itself lies in what is sent. */
export function insideOf ({ scaledTo, padding, margin = { left: 0, right: 0, up: 0, down: 0, fill: 'nearest' } }: ImageFit): Pick<ImageFit, 'scaledTo' | 'padding'> {
  const { left, right, up, down } = margin
  return {
    scaledTo: { width: Math.max(1, scaledTo.width - left - right), height: Math.max(1, scaledTo.height - up - down) },
    padding: { left: padding.left + left, right: padding.right + right, up: padding.up + up, down: padding.down + down }
  }
}

/** The mask of what an image on a larger canvas is extended by; padding around the canvas is kept. */
export function maskOfMargin (fit: ImageFit): EditMask {
  const { size: { width, height }, scaledTo, padding } = fit
  const inside = insideOf(fit)
  const pixels = new Uint8Array(width * height)
  const paint = (left: number, top: number, size: ImageFit['size'], value: number) => {
    for (let y = top; y < top + size.height; y++) pixels.fill(value, y * width + left, y * width + left + size.width)
  }
  paint(padding.left, padding.up, scaledTo, 255)
  paint(inside.padding.left, inside.padding.up, inside.scaledTo, 0)
  return { pixels, width, height }
}
