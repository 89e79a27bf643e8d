import type { ProviderOutput } from './contract.ts'
import type { ImageFit, Misfit } from './fit-image.ts'
import type { ModelCard } from './model-card.ts'
import { isPreserving } from './preservation.ts'
import type { Adaptation, EditRequest, Region, Size } from './request.ts'
import type { Geometry } from './restoration.ts'

export type AskedSize = Pick<ProviderOutput, 'width' | 'height' | 'aspectRatio' | 'resolution'>

/** How the images of a request are laid out, and what size is asked for. */
export interface Layout {
  readonly geometry: Geometry
  readonly asked: AskedSize
  /** What the size that is asked for differs in. */
  readonly adaptations: readonly Adaptation[]
}

/** Lays out the whole first image, or only a part of it. */
export type LayAt = (crop?: Region) => Layout | Misfit

/** The whole image is sent when at least so much of its detail comes back: models round sides by as much. */
const nearlyAll = 0.98
/** A part that comes back scaled down must have so many times the pixels across to be worth the context that it loses. */
const worthwhile = 1.25
/**
 * What a model must see around the mask to continue it: a quarter of the mask's longer side, as large things need more, and never less than
 * 64 pixels, with which the eight-fold coarser grid that most models work on still has eight cells.
 */
const leastContext = 64
const contextShare = 0.25
/** Models round sides to steps of 8 to 64: multiples of the largest come back as they were sent. */
const step = 64
/** Halvings of the way between the smallest part and the whole image: of 6000 pixels less than a step is left. */
const halvings = 7

/**
 * The whole image, or, where that gives the masked region more pixels, a part around the mask: of all parts between the tightest one and the
 * whole image the largest that comes back in as much detail as the tightest, which is full detail unless the mask itself is large. Only where
 * the rest of the image is put back in its own size. A model that cannot have the whole image may have a part of it.
 */
export function chooseLayout (request: EditRequest, layAt: LayAt, outputs: ModelCard['outputs']): Layout | Misfit {
  const { images: [image], mask } = request
  const whole = layAt()
  if (mask?.box === undefined || !mayCrop(request)) return whole
  const detailOfWhole = 'reason' in whole ? 0 : detailOf(image, whole, outputs)
  if (detailOfWhole >= nearlyAll) return whole

  const tight = tightest(mask.box, image)
  const partAt = (across: number, down: number) => layPart(tight, between(tight, image, across, down), { image, layAt, outputs })
  const least = partAt(0, 0)
  if (least === undefined || (least.detail < 1 && least.detail < worthwhile * detailOfWhole)) return whole
  let best = least
  const furthest = (partOn: (way: number) => Part | undefined, from: number) => {
    let [low, high] = [from, 1]
    for (let n = 0; n < halvings; n++) {
      const way = (low + high) / 2
      const part = partOn(way)
      if (part === undefined || part.detail < least.detail) high = way
      else [low, best] = [way, part]
    }
    return low
  }
  const way = furthest(way => partAt(way, way), 0)
  // A limit of the longer side alone leaves the other one room.
  const down = furthest(down => partAt(way, down), way)
  furthest(across => partAt(across, down), way)
  return best.layout
}

/**
 * Pixels of the result for each pixel across what is sent, at most as many as are sent: 1 = every detail comes back. A size that is asked
 * for by its numbers and only rounded counts as whole.
 */
export function detailOf ({ width, height }: Size, { geometry: { images: [{ scaledTo, size: canvas }] }, asked }: Layout, { size: rule, maxSide = Infinity }: ModelCard['outputs']): number {
  // Both sides are scaled alike, but the shorter one is rounded more.
  const sent = Math.max(scaledTo.width, scaledTo.height) / Math.max(width, height)
  const longest = Math.max(canvas.width, canvas.height)
  const most = rule.rule === 'ratio' && asked.resolution !== undefined ? Math.min(maxSide, rule.resolutions[asked.resolution]) : maxSide
  const rounding = rule.rule === 'exact' ? (rule.step ?? 1) / 2 : 0
  const { width: askedWidth = Infinity, height: askedHeight = Infinity } = asked
  const made = Math.min(most / longest, (askedWidth + rounding) / canvas.width, (askedHeight + rounding) / canvas.height)
  return Math.min(1, sent, sent * made)
}

function mayCrop (request: EditRequest): boolean {
  const { expansion, output: { size = 'input' } } = request
  return isPreserving(request) && expansion === undefined && size === 'input'
}

function tightest ({ left, top, width, height }: Region, image: Size): Region {
  const context = Math.max(leastContext, Math.ceil(contextShare * Math.max(width, height)))
  return regionOf(Math.max(0, left - context), Math.max(0, top - context), Math.min(image.width, left + width + context), Math.min(image.height, top + height + context))
}

/** Each side so far on its way from that of the tightest part to that of the image. */
function between (tight: Region, image: Size, across: number, down: number): Region {
  return regionOf(
    Math.round(tight.left * (1 - across)),
    Math.round(tight.top * (1 - down)),
    Math.round((tight.left + tight.width) * (1 - across) + image.width * across),
    Math.round((tight.top + tight.height) * (1 - down) + image.height * down)
  )
}

function regionOf (left: number, top: number, right: number, bottom: number): Region {
  return { left, top, width: right - left, height: bottom - top }
}

interface Part {
  readonly layout: Layout
  readonly detail: number
}

/** With sides that no model has to round and, where it would be padded, rather more of the image. */
function layPart (tight: Region, part: Region, { image, layAt, outputs }: { image: Size, layAt: LayAt, outputs: ModelCard['outputs'] }): Part | undefined {
  const even = resized(part, { width: rounded(part.width, tight.width, image.width), height: rounded(part.height, tight.height, image.height) }, tight, image)
  const lay = (at: Region): Part | undefined => {
    const layout = layAt(at)
    return 'reason' in layout ? undefined : { layout, detail: detailOf(at, layout, outputs) }
  }
  const first = lay(even)
  const grown = first && resized(even, shaped(even, first.layout.geometry.images[0], image), tight, image)
  return grown === undefined || (grown.width === even.width && grown.height === even.height) ? first : lay(grown)
}

function rounded (side: number, least: number, most: number): number {
  const down = Math.floor(side / step) * step
  return side < most && down >= least ? down : side
}

/** Grown to the shape of the canvas where it would be padded, as far as the image goes. */
function shaped ({ width, height }: Size, { scaledTo, size: canvas }: ImageFit, image: Size): Size {
  const ratio = canvas.width / canvas.height
  return {
    width: canvas.width > scaledTo.width ? Math.min(image.width, Math.max(width, Math.ceil(height * ratio - 1e-6))) : width,
    height: canvas.height > scaledTo.height ? Math.min(image.height, Math.max(height, Math.ceil(width / ratio - 1e-6))) : height
  }
}

/** Around the same middle where the image has room, always with the tightest part in it. */
function resized (part: Region, { width, height }: Size, tight: Region, image: Size): Region {
  const place = (middle: number, side: number, from: number, to: number, most: number) =>
    Math.min(from, most - side, Math.max(0, to - side, Math.round(middle - side / 2)))
  return {
    left: place(part.left + part.width / 2, width, tight.left, tight.left + tight.width, image.width),
    top: place(part.top + part.height / 2, height, tight.top, tight.top + tight.height, image.height),
    width,
    height
  }
}
