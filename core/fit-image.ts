import type { ModelCard } from './model-card.ts'
import type { Expansion, RejectionReason, Size } from './request.ts'

/** How an image is laid into what a model gets. */
export interface ImageFit {
  /** The image's size in there; its own when it is not scaled. */
  readonly scaledTo: Size
  /** Around it, pixels of what is sent. */
  readonly padding: Expansion
  /** Of what is sent: the scaled image and its padding. */
  readonly size: Size
  /** 0–1, see `fitImage`. */
  readonly loss: number
  /** Of an emulated outpainting: the part of `scaledTo` around the image, which is filled. */
  readonly margin?: Margin
}

/** In pixels of what is sent. */
export interface Margin extends Expansion {
  readonly fill: 'nearest' | 'grey'
}

/** The first reason why something does not fit a card. */
export interface Misfit {
  readonly reason: RejectionReason
  readonly message: string
}

export type ImageLimits = Pick<ModelCard['inputs'],
  'minSide' | 'maxSide' | 'minPixels' | 'maxPixels' | 'minAspectRatio' | 'maxAspectRatio' | 'maxExpansion'>

export interface FitOptions {
  /** References and backgrounds may have any ratio and are never padded. */
  readonly only?: 'scale'
  /** Of an outpainting: scaled along with the image, and where it grows there is no padding. */
  readonly expansion?: Expansion | undefined
  /** width / height that what is sent shall have, within the limits. */
  readonly ratio?: number
}

/** The most that may be lost: beyond it, what comes back has little to do with what was sent. */
const mostLoss = 0.99
/** Beyond it, hardly anything of what is sent would come from the image. */
const mostGrowth = 16
/** The longest side that an image is enlarged to, pixels: more is held by no WebP. */
const mostEnlarged = 16_383
/** The longest padding of a side that libvips is asked for, pixels. */
const mostPadding = 10_000
const nothing: Expansion = { left: 0, right: 0, up: 0, down: 0 }

/**
 * Lays an image into a model's limits, unchanged where it fits. It is never distorted: it is scaled, both sides alike, and padded
 * where scaling alone cannot help.
 *
 * Of all legal layouts it takes the one that loses least. What counts as lost is
 *
 *     1 − min(1, pixels of the scaled image ÷ its own pixels) × (pixels of the scaled image ÷ pixels of what is sent)
 *
 * that is, the detail that scaling down costs and the part of the canvas that padding wastes. Scaling up loses nothing, so an image
 * that is too small is scaled rather than padded, by no more than it takes.
 *
 * Pure. The misfit says which limit the image breaks as it is, when every legal layout loses more
 * than ninety-nine hundredths or makes the image more than sixteen times as wide.
 */
export function fitImage (image: Size, limits: ImageLimits, options: FitOptions = {}): ImageFit | Misfit {
  const { width, height } = image
  const size = { width, height }
  const misfit = misfitOf(size, limits, options)
  if (misfit === undefined && options.ratio === undefined) return { scaledTo: size, padding: nothing, size, loss: 0 }
  const fit = largestLayout(size, limits, options)
  return fit === undefined || fit.loss > mostLoss || fit.scaledTo.width > mostGrowth * width ? misfit ?? { reason: 'ratio', message: 'cannot be padded to the ratio' } : fit
}

/** The same expansion around a scaled image; a side that grows stays one that does. */
export function scaleExpansion (expansion: Expansion, { scaledTo }: Pick<ImageFit, 'scaledTo'>, { width, height }: Size): Expansion {
  const scaled = (pixels: number, scale: number) => pixels === 0 ? 0 : Math.max(1, Math.round(pixels * scale))
  const [across, down] = [scaledTo.width / width, scaledTo.height / height]
  return { left: scaled(expansion.left, across), right: scaled(expansion.right, across), up: scaled(expansion.up, down), down: scaled(expansion.down, down) }
}

/** The loss never rises with the scale below 1, and never falls above the scale from which on only the ratio has to be padded. */
function largestLayout (size: Size, limits: ImageLimits, options: FitOptions): ImageFit | undefined {
  const { minSide = 1, minPixels = 1 } = limits
  const canvas = canvasAround(size, { ...ratiosOf(limits, options), minSide: 1, minPixels: 1 })
  const enough = Math.max(1, minSide / Math.min(canvas.width, canvas.height), Math.sqrt(minPixels / (canvas.width * canvas.height)))
  const whole = layout(size, enough, limits, options)
  if (typeof whole === 'object') return whole
  let best: ImageFit | undefined
  let [low, high] = [0, enough]
  while (high - low > enough * 1e-6) {
    const scale = (low + high) / 2
    const fit = layout(size, scale, limits, options)
    if (fit === 'too large') high = scale
    else if (fit === 'too small') low = scale
    else [low, best] = [scale, fit]
  }
  // Just below the scale at which a side would be a pixel too long, the other one may be rounded up: this is the true scale.
  const exact = best && layout(size, Math.max(best.scaledTo.width, best.scaledTo.height) / Math.max(size.width, size.height), limits, options)
  return typeof exact === 'object' ? exact : best
}

/** The image at a scale in the smallest legal canvas. It is too small where only padding could help that must not be. */
function layout (size: Size, scale: number, limits: ImageLimits, options: FitOptions): ImageFit | 'too small' | 'too large' {
  // Rounded up, a side that is to reach its minimum reaches it.
  const side = (pixels: number) => Math.max(1, scale > 1 ? Math.ceil(pixels * scale - 1e-6) : Math.round(pixels * scale))
  const scaledTo = { width: side(size.width), height: side(size.height) }
  if (scale > 1 && Math.max(scaledTo.width, scaledTo.height) > mostEnlarged) return 'too large'
  const { minSide = 1, minPixels = 1 } = limits
  const canvas = canvasAround(scaledTo, { ...ratiosOf(limits, options), minSide, minPixels })
  const padding = paddingOf(canvas, scaledTo, options)
  const expansion = options.expansion && scaleExpansion(options.expansion, { scaledTo }, size)
  if (padding === undefined) return 'too small'
  if (Math.max(...Object.values(padding)) > mostPadding || misfitOf(canvas, limits, { ...options, expansion }) !== undefined) return 'too large'
  const pixels = scaledTo.width * scaledTo.height
  const kept = Math.min(1, pixels / (size.width * size.height))
  return { scaledTo, padding, size: canvas, loss: 1 - kept * pixels / (canvas.width * canvas.height) }
}

interface Least { readonly least: number, readonly most: number, readonly minSide: number, readonly minPixels: number }

function ratiosOf ({ minAspectRatio = 0, maxAspectRatio = Infinity }: ImageLimits, { only, ratio }: FitOptions): Pick<Least, 'least' | 'most'> {
  if (only === 'scale') return { least: 0, most: Infinity }
  return ratio === undefined ? { least: minAspectRatio, most: maxAspectRatio } : { least: ratio, most: ratio }
}

function canvasAround (content: Size, { least, most, minSide, minPixels }: Least): Size {
  let width = Math.max(content.width, minSide)
  let height = Math.max(content.height, minSide)
  // Not rounded up at once: a quotient may lie just above the whole number that it is.
  if (width / height > most) for (height = Math.floor(width / most); width / height > most;) height++
  else if (width / height < least) for (width = Math.floor(height * least); width / height < least;) width++
  const grow = Math.sqrt(minPixels / (width * height))
  return grow > 1 ? { width: Math.ceil(width * grow), height: Math.ceil(height * grow) } : { width, height }
}

/** Half of it on each side; all of it opposite of the side on which an outpainting grows, so that nothing comes between the two. */
function paddingOf (canvas: Size, content: Size, { only, expansion = nothing }: FitOptions): Expansion | undefined {
  const across = share(canvas.width - content.width, expansion.left, expansion.right)
  const down = share(canvas.height - content.height, expansion.up, expansion.down)
  if (across === undefined || down === undefined) return undefined
  if (only === 'scale' && (canvas.width > content.width || canvas.height > content.height)) return undefined
  return { left: across[0], right: across[1], up: down[0], down: down[1] }
}

function share (pixels: number, before: number, after: number): [number, number] | undefined {
  if (before > 0 && after > 0) return pixels > 0 ? undefined : [0, 0]
  const half = Math.floor(pixels / 2)
  return before > 0 ? [0, pixels] : after > 0 ? [pixels, 0] : [half, pixels - half]
}

function misfitOf ({ width, height }: Size, limits: ImageLimits, { only, expansion = nothing }: FitOptions): Misfit | undefined {
  const { minSide = 1, maxSide = Infinity, minPixels = 1, maxPixels = Infinity, minAspectRatio = 0, maxAspectRatio = Infinity, maxExpansion = Infinity } = limits
  const pixels = width * height
  const shown = `${width}×${height}`
  const widest = Math.max(...Object.values(expansion))
  if (widest > maxExpansion) return { reason: 'expansion', message: `extends a side by up to ${maxExpansion} pixels, the request asks for ${widest}` }
  if (Math.min(width, height) < minSide) return { reason: 'side', message: `takes sides from ${minSide} pixels, the image is ${shown}` }
  if (Math.max(width, height) > maxSide) return { reason: 'side', message: `takes sides up to ${maxSide} pixels, the image is ${shown}` }
  if (pixels < minPixels || pixels > maxPixels) return { reason: 'pixels', message: `takes ${minPixels} to ${maxPixels} pixels, the image has ${pixels}` }
  const ratio = width / height
  if (only !== 'scale' && (ratio < minAspectRatio || ratio > maxAspectRatio)) {
    return { reason: 'ratio', message: `takes aspect ratios from ${minAspectRatio} to ${maxAspectRatio}, the image is ${shown}` }
  }
}
