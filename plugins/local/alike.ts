import type { Backdrop } from './backdrop.ts'
import { seenDifference } from './difference.ts'
import { shrink, swell } from './morphology.ts'
import type { Raster } from './raster.ts'
import { findRegions, paintRegions } from './regions.ts'
import { bendAt } from './shading.ts'
import { surfaceRow, type Surface } from './surface.ts'

/** Values of the map that segmentation works on. */
export const SUBJECT = 0
export const BACKGROUND = 1
/** It looks like the backdrop, and nothing else is known yet. */
export const ALIKE = 2

/** Compression rings around strong edges: this share of their contrast, as far as about a cell's side in pixels. */
const RINGING = 0.1
const QUIET = 50
const MAX_RINGING = 16
const CELL = 8
const QUIET_NOISE = 1.75
const MAX_GRAIN = 9

/**
 * Marks what is ALIKE, then as BACKGROUND those parts of it that reach the border of the image.
 * Returns the strongest difference from the backdrop.
 */
export function floodAlike (map: Uint8Array, { data }: Raster, means: Uint8Array, backdrop: Backdrop): number {
  const { surface, tolerance, noise } = backdrop
  const { width, height } = surface
  const close = Math.min(tolerance, Math.max(2.5, noise * 1.5))
  const contrast = measureContrast(means, backdrop)
  const columns = Math.ceil(width / CELL)
  eachDifference(means, surface, (p, difference, x, y, row) => {
    const ringing = Math.min(MAX_RINGING, RINGING * Math.max(0, contrast[Math.floor(y / CELL) * columns + Math.floor(x / CELL)] - QUIET))
    const mostBend = 5 + 3 * noise + 2 * ringing
    if (difference <= close + ringing || (difference <= tolerance + ringing && bendAt(means, width, map.length, p) <= mostBend)) map[p] = ALIKE
    // Between two strokes there may be no room for a smoothed pixel of the backdrop; in grain single pixels say little.
    else if (noise < QUIET_NOISE && seenDifference(data[4 * p] - row[3 * x], data[4 * p + 1] - row[3 * x + 1], data[4 * p + 2] - row[3 * x + 2]) <= close) map[p] = ALIKE
  })
  const wide = widePlaces(map, width, roomRadius(width, height))
  for (let p = 0; p < map.length; p++) if (wide[p] === 1 && map[p] === ALIKE) map[p] = BACKGROUND
  return contrast.reduce((a, b) => Math.max(a, b), 0)
}

/** A leak into the subject is narrower than twice this, in pixels. */
export function roomRadius (width: number, height: number): number {
  return Math.max(1, Math.round(Math.min(width, height) / 40))
}

/** 1 where something of `radius` pixels can lie wholly on what is ALIKE, and can come there from the border. */
function widePlaces (map: Uint8Array, width: number, radius: number): Uint8Array {
  const free = map.map(value => value === ALIKE ? 1 : 0)
  // Grains of dust and compression stand in nobody's way.
  const grains = findRegions(free, width, [0], true)
  paintRegions(free, grains, 1, region => grains.area[region] <= MAX_GRAIN)
  const roomy = shrink(free, width, radius)
  const centres = findRegions(roomy, width, [1], false)
  paintRegions(roomy, centres, 0, region => centres.atBorder[region] === 0)
  return swell(roomy, width, radius)
}

/** Calls `visit` for each pixel of every `step`-th row with its difference from the surface, as seen, levels. */
export function eachDifference (means: Uint8Array, surface: Surface, visit: (p: number, difference: number, x: number, y: number, row: Float32Array) => void, step = 1): void {
  const row = new Float32Array(surface.width * 3)
  for (let y = 0; y < surface.height; y += step) {
    surfaceRow(surface, y, row)
    for (let x = 0, p = y * surface.width; x < surface.width; x++, p++) {
      visit(p, seenDifference(means[3 * p] - row[3 * x], means[3 * p + 1] - row[3 * x + 1], means[3 * p + 2] - row[3 * x + 2]), x, y, row)
    }
  }
}

/** By cells: the strongest difference from the backdrop in a cell and those around it. */
function measureContrast (means: Uint8Array, { surface }: Backdrop): Float32Array {
  const columns = Math.ceil(surface.width / CELL)
  const rows = Math.ceil(surface.height / CELL)
  const most = new Float32Array(columns * rows)
  // Every second row shows as much: an edge's contrast does not end with one row.
  eachDifference(means, surface, (_, difference, x, y) => {
    const cell = Math.floor(y / CELL) * columns + Math.floor(x / CELL)
    if (difference > most[cell]) most[cell] = difference
  }, 2)
  return most.map((_, cell) => {
    const column = cell % columns
    let value = 0
    for (let i = Math.max(0, column - 1); i <= Math.min(columns - 1, column + 1); i++) {
      for (let n = cell - column + i - columns; n <= cell - column + i + columns; n += columns) value = Math.max(value, most[n] ?? 0)
    }
    return value
  })
}
