import { halve, openCanvas, straighten } from './canvas.ts'
import { completeHole } from './completion.ts'
import { extensionLayout, rimLayout } from './extension-layout.ts'
import { Refusal } from './raster.ts'
import { extendShading } from './shading-extension.ts'
import type { Box, Canvas } from './canvas.ts'
import type { LocalInputs, LocalOperation, Raster } from './raster.ts'

type Expansion = NonNullable<LocalInputs['expansion']>

const smallestSide = 32
/** Pixels of the result. */
const mostPixels = 60_000_000
/** A textured edge is extended by up to so many times the image's side. */
const textureReach = 1
/** A side is plain when neighbouring pixels, at a small scale, differ by less than so many levels: nearly all, and all. */
const plainStep = 8
const plainEdge = 14

/**
 * Extends the image beyond its edges and continues what stands there. The image itself keeps its exact values, at
 * (expansion.left, expansion.up) of the result. Plain backgrounds reach as far as is asked for, textured ones as far as
 * the image is wide or high.
 *
 * Parameter: `seed`, an integer: another one gives another extension, the same one the same.
 *
 * @throws {Refusal} nothing to extend, an image that is too small, or an extension beyond what can look right
 */
export const outpaint: LocalOperation = (image, { expansion, parameters }) => {
  if (expansion === undefined || expansion.left + expansion.right + expansion.up + expansion.down === 0) {
    throw new Refusal('outpaint needs an expansion of at least one pixel')
  }
  refuseTooMuch(image, expansion)
  const width = expansion.left + image.width + expansion.right
  const height = expansion.up + image.height + expansion.down
  const picture: Box = { left: expansion.left, top: expansion.up, right: expansion.left + image.width, bottom: expansion.up + image.height }
  const canvas = openCanvas(image, {
    left: -expansion.left, top: -expansion.up, right: image.width + expansion.right, bottom: image.height + expansion.down
  })
  canvas.hole.fill(1)
  for (let y = picture.top; y < picture.bottom; y++) canvas.hole.fill(0, y * width + picture.left, y * width + picture.right)
  const seed = typeof parameters.seed === 'number' ? parameters.seed : 0
  const sides = (['left', 'right', 'up', 'down'] as const).filter(side => expansion[side] > 0)
  if (sides.every(side => isPlain(image, side))) {
    const shading = extendShading(canvas, picture)
    shading.remove()
    completeHole(canvas, { seed, inward: 2, decay: 0.02, prior: rimLayout(picture, width, height, shading.rim) })
    shading.restore()
  } else {
    completeHole(canvas, { seed, inward: 2, decay: 0.02, prior: extensionLayout(picture, width, height) })
  }

  // In place: a second copy of a large result would cost too much memory.
  const { data } = canvas
  for (let p = 0; p < data.length; p += 4) straighten(data, p, data, p)
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * image.width * 4, (y + 1) * image.width * 4), ((y + picture.top) * width + picture.left) * 4)
  }
  return { data, width, height }
}

function refuseTooMuch (image: Raster, expansion: Expansion): void {
  const { width, height } = image
  if (Math.min(width, height) < smallestSide) throw new Refusal(`outpaint extends images of at least ${smallestSide} pixels a side`)
  const pixels = (expansion.left + width + expansion.right) * (expansion.up + height + expansion.down)
  if (pixels > mostPixels) {
    throw new Refusal(`outpaint makes images of up to ${mostPixels / 1e6} megapixels; this one would have ${Math.ceil(pixels / 1e6)}`)
  }
  for (const side of ['left', 'right', 'up', 'down'] as const) {
    const limit = Math.floor(textureReach * (side === 'left' || side === 'right' ? width : height))
    if (expansion[side] > limit && !isPlain(image, side)) {
      throw new Refusal(`outpaint extends this image by up to ${limit} pixels on this side (${side}), where it is textured; ${expansion[side]} were asked for`)
    }
  }
}

/** Whether the image is plain, or softly shaded, along a side. */
function isPlain (image: Raster, side: keyof Expansion): boolean {
  const deep = (length: number) => Math.ceil(length / 8)
  let strip: Canvas = openCanvas(image, {
    left: side === 'right' ? image.width - deep(image.width) : 0,
    right: side === 'left' ? deep(image.width) : image.width,
    top: side === 'down' ? image.height - deep(image.height) : 0,
    bottom: side === 'up' ? deep(image.height) : image.height
  })
  // Grain vanishes at a small scale, texture and objects do not.
  while (Math.max(strip.width, strip.height) > 64 && Math.min(strip.width, strip.height) > 8) strip = halve(strip)
  const { data, width, height } = strip
  const steps: number[] = []
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const p = (y * width + x) * 4
      let largest = 0
      for (let c = 0; c < 4; c++) largest = Math.max(largest, Math.abs(data[p + c] - data[p + 4 + c]), Math.abs(data[p + c] - data[p + width * 4 + c]))
      steps.push(largest)
    }
  }
  steps.sort((a, b) => a - b)
  return steps[Math.floor(steps.length * 0.98)] < plainStep && steps[steps.length - 1] < plainEdge
}
