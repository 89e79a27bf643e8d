import { beside } from './band.ts'
import type { Backdrop } from './backdrop.ts'
import { seenDifference } from './difference.ts'
import { findRegions, paintRegions } from './regions.ts'
import { surfaceAt } from './surface.ts'

/**
 * What is still a soft shadow, in levels. `step`: from pixel to pixel; `bend`: over six pixels; an object's edge is steeper or
 * bends more. `hue`: how far it may be from the backdrop in another light. The bend plays no part in the last pixels
 * before an edge, which would be felt there already.
 */
const STRICT = { step: 6, bend: 4.5, lastStep: 6, hue: 3 }
const PATIENT = { step: 8, bend: 9, lastStep: 16, hue: 8 }
const LARGE = 480
const DARKEST = 0.4
const BRIGHTEST = 1.25

/** A shadow lies open to the backdrop along at least this share of its outline; a leak into the subject does not. */
const OPEN_SHARE = 0.35
/** An edge is felt this far away, and shadows end short of it; pixels. */
const REACH = 4

/** Values in the map while it grows: what surely is shading, and what may be a leak. */
const SHADING = 3
const FRESH = 4

/**
 * Lets the background (1) in `map` grow over soft shadows and pools of light: places where the backdrop is only darker or
 * brighter, reached without crossing an edge. What counts as an edge is asked strictly first, then, because compression
 * roughens shadows, with more patience. Other values in the map end as 0.
 */
export function growShading (map: Uint8Array, means: Uint8Array, backdrop: Backdrop): void {
  growOver(map, means, backdrop, STRICT)
  // The smaller the image, the more a shadow bends from pixel to pixel.
  const { width, height } = backdrop.surface
  growOver(map, means, backdrop, { ...PATIENT, bend: PATIENT.bend * Math.min(2, Math.max(1, LARGE / Math.min(width, height))) })
  for (let p = 0; p < map.length; p++) map[p] = map[p] === SHADING || map[p] === 1 ? 1 : 0
}

function growOver (map: Uint8Array, means: Uint8Array, backdrop: Backdrop, limits: typeof STRICT): void {
  const { width } = backdrop.surface
  const isShading = shadingTest(means, backdrop, limits.step, STRICT.hue)
  const isLast = shadingTest(means, backdrop, limits.lastStep, limits.hue)
  const mostBend = limits.bend + 3 * backdrop.noise
  const isSoft = (from: number, to: number) => isShading(from, to) && bendAt(means, width, map.length, to) <= mostBend
  const isKnown = (p: number) => map[p] === 1 || map[p] === SHADING
  const around = new Int32Array(4)
  let queue: number[] = []
  const grow = (from: number, value: number, test: (from: number, to: number) => boolean) => {
    for (let n = beside(from, width, map.length, around) - 1; n >= 0; n--) {
      const to = around[n]
      if (isKnown(to) || map[to] === FRESH || !test(from, to)) continue
      map[to] = value
      queue.push(to)
    }
  }
  for (let start = 0; start < map.length; start++) {
    if (!isKnown(start) || (isKnown(start - 1) && isKnown(start + 1) && isKnown(start - width) && isKnown(start + width))) continue
    grow(start, FRESH, isSoft)
    for (let p = queue.pop(); p !== undefined; p = queue.pop()) grow(p, FRESH, isSoft)
  }
  judge(map, means, width, STRICT.bend + 3 * backdrop.noise)
  for (let p = 0; p < map.length; p++) if (map[p] === SHADING) queue.push(p)
  for (let i = 0; i < REACH; i++) {
    const front = queue
    queue = []
    for (const p of front) grow(p, SHADING, isLast)
  }
}

/** Makes SHADING of what grew, but takes back what grew over a subject: it lies open in few places only, or behind an edge all around. */
function judge (map: Uint8Array, means: Uint8Array, width: number, edge: number): void {
  const grown = findRegions(map, width, [FRESH], false)
  const open = new Int32Array(grown.from.length)
  const shut = new Int32Array(grown.from.length)
  const around = new Int32Array(4)
  // On the middle of an edge the colours do not bend, on both its sides they do.
  const stepAt = (inner: number, outer: number) => Math.max(
    bendAt(means, width, map.length, inner + 2 * (inner - outer)), bendAt(means, width, map.length, outer - 2 * (inner - outer)))
  for (let run = 0; run < grown.from.length; run++) {
    const region = grown.region[run]
    for (let p = grown.from[run]; p < grown.to[run]; p++) {
      for (let n = beside(p, width, map.length, around) - 1; n >= 0; n--) {
        const value = map[around[n]]
        if (value === FRESH) continue
        if (value === SHADING || (value === 1 && stepAt(p, around[n]) <= edge)) open[region]++
        else shut[region]++
      }
    }
  }
  paintRegions(map, grown, 0, region => open[region] < OPEN_SHARE * (open[region] + shut[region]))
  for (let p = 0; p < map.length; p++) if (map[p] === FRESH) map[p] = SHADING
}

/** How much the colours bend around a pixel: an edge shows, a slope or an even ramp does not. Levels. */
export function bendAt (means: Uint8Array, width: number, total: number, pixel: number): number {
  const x = pixel % width
  const p = 3 * pixel
  let most = 0
  if (pixel < 0 || pixel >= total) return 0
  if (x >= 3 && x < width - 3) {
    for (let c = p; c < p + 3; c++) most = Math.max(most, Math.abs(means[c - 9] - 2 * means[c] + means[c + 9]))
  }
  if (pixel >= 3 * width && pixel < total - 3 * width) {
    const rows = 9 * width
    for (let c = p; c < p + 3; c++) most = Math.max(most, Math.abs(means[c - rows] - 2 * means[c] + means[c + rows]))
  }
  return most
}

/** Is `to` the backdrop in another light, and no step from `from`? */
function shadingTest (means: Uint8Array, { surface, noise, tolerance }: Backdrop, step: number, hue: number) {
  const colour = new Float64Array(3)
  return (from: number, to: number): boolean => {
    const a = 3 * from
    const b = 3 * to
    for (let c = 0; c < 3; c++) if (Math.abs(means[a + c] - means[b + c]) > step + noise) return false
    surfaceAt(surface, to % surface.width, Math.floor(to / surface.width), colour)
    let dot = 0
    let square = 0
    for (let c = 0; c < 3; c++) {
      dot += means[b + c] * colour[c]
      square += colour[c] * colour[c]
    }
    const light = dot / square
    if (!(light >= DARKEST && light <= BRIGHTEST)) return false
    return seenDifference(means[b] - light * colour[0], means[b + 1] - light * colour[1], means[b + 2] - light * colour[2]) <= tolerance + hue
  }
}
