import { beside } from './band.ts'
import { ALIKE, BACKGROUND, roomRadius, SUBJECT } from './alike.ts'
import type { Backdrop } from './backdrop.ts'
import { seenDifference } from './difference.ts'
import type { Raster } from './raster.ts'
import { findRegions, paintRegions, regionOf, type Regions } from './regions.ts'
import { surfaceAt } from './surface.ts'

/** A hole smaller than this is a highlight or grain. */
const MIN_HOLE_PIXELS = 4
const MIN_HOLE_SHARE = 0.004
/** Levels from the surface, on the average of a hole: closer than what only resembles the backdrop. */
const HOLE_MATCH = 2.5
/** A bay this open is no leak. */
const OPEN_BAY = 0.6
const SMALL_MATCH = 4
const SMALL_ECHO = 0.03
const ECHO = 0.018
/** A highlight fades into the subject, a hole has an edge: share of the full contrast (FAR) that is reached NEAR it, in steps. */
const SHARP = 0.65
const NEAR = 3
const FAR = 8
/** A step is a pixel in an image of this height or width, more in larger ones, whose edges are wider. */
const STEP_SIDE = 900

interface HoleFacts {
  /** Sums of the signed differences from the surface, by channel. */
  readonly error: Float64Array
  /** Pixels on the hole's outline. */
  outline: number
  /** Sums over the hole's outline: contrast reached NEAR it, and FAR. */
  near: number
  far: number
  /** Sides of its pixels that touch the background that is known already (a bay then), and that touch subject. */
  open: number
  shut: number
}

/** Makes those ALIKE regions of the map background that are the backdrop seen through the subject; the others are subject. */
export function openHoles (map: Uint8Array, image: Raster, means: Uint8Array, backdrop: Backdrop): void {
  const { width, height } = backdrop.surface
  const holes = findRegions(map, width, [ALIKE], false)
  const facts = readHoles(holes, map, image, means, backdrop)
  const solids = findRegions(map, width, [ALIKE, SUBJECT], true)
  const open = new Uint8Array(holes.from.length)
  const corner = 4 * roomRadius(width, height) ** 2
  for (const [region, fact] of facts) {
    const area = holes.area[region]
    const [red, green, blue] = fact.error.map(sum => sum / area)
    // The echoes of its own edge have part in a hole's average, most in a small one.
    const contrast = fact.far / Math.max(1, fact.outline)
    const matches = area < corner
      ? seenDifference(red, green, blue) <= Math.max(SMALL_MATCH, SMALL_ECHO * contrast)
      : Math.max(Math.abs(red), Math.abs(green), Math.abs(blue)) <= Math.max(HOLE_MATCH, ECHO * contrast, backdrop.noise / 3)
    const clear = matches && fact.near > SHARP * fact.far
    const isBay = fact.open > 0
    const share = area / solids.area[regionOf(solids, holes.from[region])]
    if (isBay && (clear || area < corner || fact.open > OPEN_BAY * fact.shut)) open[region] = 1
    if (!isBay && clear && area >= MIN_HOLE_PIXELS && share > MIN_HOLE_SHARE) open[region] = 1
  }
  paintRegions(map, holes, BACKGROUND, region => open[region] === 1)
  for (let p = 0; p < map.length; p++) if (map[p] === ALIKE) map[p] = SUBJECT
}

function readHoles (holes: Regions, map: Uint8Array, { data }: Raster, means: Uint8Array, { surface, tolerance }: Backdrop): Map<number, HoleFacts> {
  const { width, height } = surface
  const step = Math.max(1, Math.round(Math.min(width, height) / STEP_SIDE))
  const facts = new Map<number, HoleFacts>()
  const colour = new Float64Array(3)
  const around = new Int32Array(4)
  for (let run = 0; run < holes.from.length; run++) {
    const region = holes.region[run]
    let fact = facts.get(region)
    if (fact === undefined) facts.set(region, fact = { error: new Float64Array(3), outline: 0, near: 0, far: 0, open: 0, shut: 0 })
    for (let p = holes.from[run]; p < holes.to[run]; p++) {
      surfaceAt(surface, p % width, Math.floor(p / width), colour)
      for (let c = 0; c < 3; c++) fact.error[c] += data[4 * p + c] - colour[c]
      let walls = 0
      for (let n = beside(p, width, map.length, around) - 1; n >= 0; n--) {
        if (map[around[n]] === BACKGROUND) fact.open++
        if (map[around[n]] === SUBJECT) walls++
      }
      if (walls === 0) continue
      fact.shut += walls
      fact.outline++
      fact.near += contrastAt(means, width, p, NEAR, step, colour) - tolerance
      fact.far += contrastAt(means, width, p, FAR, step, colour) - tolerance
    }
  }
  return facts
}

/** The strongest difference from a colour on the way to the pixels `reach` steps to the left, right, above and below. */
function contrastAt (means: Uint8Array, width: number, pixel: number, reach: number, step: number, colour: Float64Array): number {
  const x = pixel % width
  let most = 0
  for (let i = step; i <= reach * step; i += step) {
    for (const q of [x >= i ? pixel - i : pixel, x + i < width ? pixel + i : pixel, pixel - i * width, pixel + i * width]) {
      if (q < 0 || 3 * q >= means.length) continue
      for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(means[3 * q + c] - colour[c]))
    }
  }
  return most
}
