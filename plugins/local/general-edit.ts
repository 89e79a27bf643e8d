import sharp, { type Sharp } from 'sharp'
import { blurPixels, sharpenPixels } from './focus.ts'
import { parseInstructions } from './instructions.ts'
import { Refusal, type LocalOperation, type Raster } from './raster.ts'
import { applyTones } from './tone.ts'
import type { Step, ToneStep } from './vocabulary.ts'

/** Largest canvas that a rotation may need, pixels. */
const largestCanvas = 100_000_000

/**
 * Edits by instruction, in a closed vocabulary (vocabulary.ts). A mask restricts the edit, softly where it is grey;
 * what it does not touch comes back bit by bit. Rotations by 90 and 270 degrees swap the sides, other angles enlarge
 * the canvas with transparency.
 * @throws {Refusal} for any word outside the vocabulary, and for turning or mirroring under a mask
 */
export const generalEdit: LocalOperation = async (image, { prompt = '', mask }) => {
  const steps = parseInstructions(prompt)
  const moving = steps.find(isMoving)
  if (mask !== undefined && moving !== undefined) throw new Refusal(`cannot ${moving.edit} a part of the image: leave the mask out`)
  let result = image
  for (const batch of batches(steps)) result = await carryOut(result, batch)
  return mask === undefined ? result : blend(image, result, mask)
}

type MovingStep = Extract<Step, { edit: 'rotate' | 'mirror' }>
type FocusStep = Extract<Step, { edit: 'blur' | 'sharpen' }>

function isMoving (step: Step): step is MovingStep {
  return step.edit === 'rotate' || step.edit === 'mirror'
}

function isFocus (step: Step): step is FocusStep {
  return step.edit === 'blur' || step.edit === 'sharpen'
}

/** Colour edits in a row are one batch, which is rounded once; every other edit is on its own. */
function batches (steps: readonly Step[]): Array<MovingStep | FocusStep | ToneStep[]> {
  const result: Array<MovingStep | FocusStep | ToneStep[]> = []
  for (const step of steps) {
    const last = result.at(-1)
    if (isMoving(step) || isFocus(step)) result.push(step)
    else if (Array.isArray(last)) last.push(step)
    else result.push([step])
  }
  return result
}

async function carryOut (image: Raster, batch: MovingStep | FocusStep | ToneStep[]): Promise<Raster> {
  if (Array.isArray(batch)) return applyTones(image, batch)
  switch (batch.edit) {
    case 'blur': return await blurPixels(image, batch.amount)
    case 'sharpen': return await sharpenPixels(image, batch.amount)
    case 'mirror': return await move(image, pixels => batch.axis === 'horizontal' ? pixels.flop() : pixels.flip())
    case 'rotate': return await rotate(image, batch.degrees)
  }
}

async function rotate (image: Raster, degrees: number): Promise<Raster> {
  if (degrees % 90 === 0) return await move(image, pixels => pixels.rotate(degrees))
  const angle = degrees * Math.PI / 180
  const cos = Math.abs(Math.cos(angle))
  const sin = Math.abs(Math.sin(angle))
  const canvas = (image.width * cos + image.height * sin) * (image.width * sin + image.height * cos)
  if (canvas > largestCanvas) {
    throw new Refusal(`rotated by ${degrees} degrees the image needs ${Math.round(canvas / 1e6)} megapixels; up to ${largestCanvas / 1e6} are done`)
  }
  const matrix = [[Math.cos(angle), -Math.sin(angle)], [Math.sin(angle), Math.cos(angle)]] satisfies [[number, number], [number, number]]
  const background = { r: 0, g: 0, b: 0, alpha: 0 }
  return await move(image, pixels => pixels.affine(matrix, { background, interpolator: 'bicubic' }))
}

async function move ({ data, width, height }: Raster, change: (pixels: Sharp) => Sharp): Promise<Raster> {
  const moved = await change(sharp(data, { raw: { width, height, channels: 4 } })).raw().toBuffer({ resolveWithObject: true })
  return { data: moved.data, width: moved.info.width, height: moved.info.height }
}

function blend (image: Raster, edited: Raster, mask: Uint8Array): Raster {
  const data = new Uint8Array(image.data)
  for (let pixel = 0, at = 0; pixel < mask.length; pixel++, at += 4) {
    const share = mask[pixel] / 255
    if (share === 0) continue
    for (let channel = 0; channel < 3; channel++) {
      data[at + channel] = Math.round(data[at + channel] + (edited.data[at + channel] - data[at + channel]) * share)
    }
  }
  return { ...image, data }
}
