import type { ProviderOutput } from './contract.ts'
import type { ImageFit } from './fit-image.ts'
import type { SizeRule } from './model-card.ts'
import type { Adaptation, EditRequest, Expansion, Region, Size } from './request.ts'

/** How the images of a request are laid into what a model gets. */
export interface Geometry {
  /** The part of the first image that is sent instead of it; the mask's is cut out with it. */
  readonly crop?: Region
  /** One for each image of the request. The mask shares the first one's; its padding is kept. */
  readonly images: readonly [ImageFit, ...ImageFit[]]
  readonly background?: ImageFit
  readonly lighting?: ImageFit
  /** In pixels of what is sent. */
  readonly expansion?: Expansion
}

/** What is to be done to a result so that it shows what was sent, in the size that was wished. */
export interface Restoration {
  /** The part of the result that is kept; absent = all of it. */
  readonly crop?: Region
  /** The size that it then gets; absent = it stays. */
  readonly scaledTo?: Size
  /** It then shows the image (for an outpainting: grown), whole and nothing else, so that each place of it is known in the result. */
  readonly aligned: boolean
  /** What that is, for people. */
  readonly steps: readonly string[]
  /** Sentences for the caller. */
  readonly warnings: readonly string[]
}

const nothing: Expansion = { left: 0, right: 0, up: 0, down: 0 }
/** Models round sides to steps of theirs: two shapes whose ratios differ by no more are the same one. */
const tolerance = 0.02

/** Have they the same shape, but for a model's rounding and for that to whole pixels? */
export function sameShape (a: Size, b: Size): boolean {
  const off = Math.abs(a.width * b.height - b.width * a.height)
  return off <= tolerance * a.width * b.height || off <= Math.max(a.width, a.height, b.width, b.height)
}

/** Models work in sides that are multiples of up to this, and stretch what they get to them. Pixels. */
const longestStep = 64
/** Beyond it, it is rather another of the usual shapes: 4:3 and 5:4 differ by a fifteenth. */
const mostRounded = 0.06

/** Has a result the shape of a picture, or the one that a model's steps have made of it? */
function isPictureOf (result: Size, shape: Size): boolean {
  if (sameShape(result, shape)) return true
  const isTurned = result.width === shape.height && result.height === shape.width
  if (isTurned || result.width % 8 !== 0 || result.height % 8 !== 0) return false
  const off = Math.abs(result.width * shape.height - shape.width * result.height)
  return off <= mostRounded * result.width * shape.height && off <= longestStep / 2 * (shape.width + shape.height)
}

/** The size of the result that the request wants, of a part that part's; undefined = as the model makes it. */
export function targetOf ({ images: [{ width, height }], expansion, output: { size = 'input' } }: EditRequest, { crop }: Pick<Geometry, 'crop'> = {}): Size | undefined {
  if (crop !== undefined) return { width: crop.width, height: crop.height }
  if (size === 'model') return undefined
  return size === 'input' ? grow({ width, height }, expansion) : size
}

export function grow ({ width, height }: Size, { left, right, up, down }: Expansion = nothing): Size {
  return { width: width + left + right, height: height + up + down }
}

/** What a model is to work on, and the part of it that is not padding, in pixels of what is sent. */
export function frameOf ({ images: [fit], expansion = nothing }: Geometry): { canvas: Size, frame: Region } {
  const { left, up } = fit.padding
  return { canvas: grow(fit.size, expansion), frame: { left, top: up, ...grow(fit.scaledTo, expansion) } }
}

/**
 * What a model's result needs. One in the shape of what was sent, or of what was asked for, is taken for a picture of it, whatever its
 * size: the padding is cut off, the rest scaled. A wished size of another shape is filled: what is too much is cut off on both sides.
 * A result in a shape that nobody asked for (as a turned picture has) keeps its size, unless one was wished by its numbers. Of an image of
 * which a part was sent, that part is what comes out here.
 */
export function restore (result: Size, { request, geometry, output }: { request: EditRequest, geometry: Geometry, output: ProviderOutput }): Restoration {
  const { canvas, frame } = frameOf(geometry)
  const target = targetOf(request, geometry)
  const asked = askedShape(output)
  const aligned = isPictureOf(result, canvas) || (asked !== undefined && isPictureOf(result, asked))
  if (!aligned) {
    if (typeof request.output.size === 'object') return { ...fill({ left: 0, top: 0, ...result }, request.output.size, result), aligned, warnings: [] }
    const warnings = target === undefined ? [] : [`the result is ${sizeText(result)}, which is another shape than ${sizeText(target)}: it is left as it is`]
    return { aligned, steps: [], warnings }
  }
  const part = partOf(result, canvas, frame)
  const cut = crop(part, result)
  const isCut = cut.crop === undefined ? [] : ['its padding is cut off']
  if (target === undefined) return { ...cut, aligned, steps: isCut, warnings: [] }
  const filled = sameShape(frame, target) ? { ...cut, ...scale(part, target) } : fill(part, target, result)
  return { ...filled, aligned: sameShape(frame, target), steps: [...isCut, ...filled.steps, ...putBack(request, geometry)], warnings: [] }
}

function putBack ({ images: [image] }: EditRequest, { crop }: Geometry): string[] {
  return crop === undefined ? [] : [`it is put back to its place in ${sizeText(image)}`]
}

/** What is known of `restore` before there is a result. */
export function planRestoration (request: EditRequest, geometry: Geometry, output: ProviderOutput, { rule }: SizeRule): readonly string[] {
  const { canvas: { width, height } } = frameOf(geometry)
  const expected = rule === 'input' ? { width, height } : rule === 'exact' ? askedShape(output) : undefined
  // Any other size stands for one that nobody knows.
  return restore(expected ?? { width: width * 2, height: height * 2 }, { request, geometry, output }).steps
}

/** The step that gives a result the colour profile of the image. */
export function recoloured (profile: string | null): string {
  return `its colours are converted to ${profile}`
}

/** As the answer says it. */
export function restorationText (steps: readonly string[]): Adaptation[] {
  return steps.length === 0 ? [] : [{ kind: 'restore', detail: `of the result: ${steps.join(', ')}` }]
}

export function sizeText ({ width, height }: Size): string {
  return `${width}×${height}`
}

/** The shape that was asked for; undefined = none was. */
export function askedShape ({ width, height, aspectRatio }: ProviderOutput): Size | undefined {
  if (width !== undefined && height !== undefined) return { width, height }
  const [across, down] = aspectRatio?.split(':').map(Number) ?? []
  // Large enough that whole pixels do not count.
  return across === undefined || down === undefined ? undefined : { width: across * 1000, height: down * 1000 }
}

/** Where the frame lies in a result that is a picture of the canvas. */
function partOf (result: Size, canvas: Size, frame: Region): Region {
  const [across, down] = [result.width / canvas.width, result.height / canvas.height]
  const left = Math.round(frame.left * across)
  const top = Math.round(frame.top * down)
  return {
    left,
    top,
    width: Math.max(1, Math.round((frame.left + frame.width) * across) - left),
    height: Math.max(1, Math.round((frame.top + frame.height) * down) - top)
  }
}

type Step = Pick<Restoration, 'crop' | 'scaledTo' | 'steps'>

function crop (part: Region, of: Size): { readonly crop?: Region } {
  return part.width === of.width && part.height === of.height ? {} : { crop: part }
}

function scale (part: Size, { width, height }: Size): Pick<Step, 'scaledTo' | 'steps'> {
  return part.width === width && part.height === height
    ? { steps: [] }
    : { scaledTo: { width, height }, steps: [`it is scaled to ${width}×${height}`] }
}

/** The middle of the part, in the target's shape and as large as it can be. */
function fill (part: Region, target: Size, of: Size): Step {
  const width = Math.max(1, Math.min(part.width, Math.round(part.height * target.width / target.height)))
  const height = Math.max(1, Math.min(part.height, Math.round(part.width * target.height / target.width)))
  const middle = {
    left: part.left + Math.floor((part.width - width) / 2), top: part.top + Math.floor((part.height - height) / 2), width, height
  }
  const scaled = scale(middle, target)
  const isCut = width < part.width || height < part.height
  return { ...crop(middle, of), ...scaled, steps: [...isCut ? [`it is cut to the shape of ${sizeText(target)}`] : [], ...scaled.steps] }
}
