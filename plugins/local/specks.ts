import { BACKGROUND, eachDifference, roomRadius, SUBJECT } from './alike.ts'
import type { Backdrop } from './backdrop.ts'
import { seenDifference } from './difference.ts'
import { findRegions, paintRegions } from './regions.ts'
import { surfaceAt, type Surface } from './surface.ts'

/** A stain is faint up to this share of the strongest difference from the backdrop, and up to these levels. */
const FAINT_SHARE = 0.15
const FAINT = 25
/** In 5 × 5 pixels: with fewer of the subject a faint pixel is fuzz that compression left. */
const COMPANY = 13

/**
 * Makes background of what is no subject in `map`: grain, stains, and the faint fuzz on the subject's outline.
 * `strongest` is the strongest difference from the backdrop in the image.
 */
export function clearSpecks (map: Uint8Array, means: Uint8Array, { surface, tolerance }: Backdrop, strongest: number): void {
  const { width, height } = surface
  const faint = Math.max(2.5 * tolerance, Math.min(FAINT, FAINT_SHARE * strongest))
  clearFuzz(map, means, surface, faint)
  const solids = findRegions(map, width, [SUBJECT], true)
  const most = new Float32Array(solids.from.length)
  let run = 0
  eachDifference(means, surface, (p, difference) => {
    if (map[p] !== SUBJECT) return
    while (solids.to[run] <= p) run++
    const region = solids.region[run]
    if (difference > most[region]) most[region] = difference
  })
  const small = 3 * roomRadius(width, height) ** 2
  paintRegions(map, solids, BACKGROUND, region => solids.area[region] < 3 ||
    most[region] < (solids.area[region] < small ? faint : 2.5 * tolerance))
}

function clearFuzz (map: Uint8Array, means: Uint8Array, surface: Surface, faint: number): void {
  const { width, height } = surface
  const colour = new Float64Array(3)
  const fuzz: number[] = []
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      if (map[p] !== SUBJECT || company(map, width, height, x, y) >= COMPANY) continue
      surfaceAt(surface, x, y, colour)
      if (seenDifference(means[3 * p] - colour[0], means[3 * p + 1] - colour[1], means[3 * p + 2] - colour[2]) < faint) fuzz.push(p)
    }
  }
  for (const p of fuzz) map[p] = BACKGROUND
}

/** How many pixels of the subject there are in the 5 × 5 around one; outside the image is as much subject as inside. */
function company (map: Uint8Array, width: number, height: number, x: number, y: number): number {
  const p = y * width + x
  // Most pixels of a subject are far from its outline; four pixels tell.
  if (y > 1 && y < height - 2 && x > 1 && x < width - 2 && map[p - 2] + map[p + 2] + map[p - 2 * width] + map[p + 2 * width] === 0) return COMPANY
  let count = 0
  for (let j = y - 2; j <= y + 2; j++) {
    for (let i = x - 2; i <= x + 2; i++) {
      const inside = Math.min(height - 1, Math.max(0, j)) * width + Math.min(width - 1, Math.max(0, i))
      if (map[inside] === SUBJECT) count++
    }
  }
  return count
}
