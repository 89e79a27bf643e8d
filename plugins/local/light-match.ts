import { slopeAt, type Light } from './light.ts'
import { byteOf, fromOklab, linearOf, toOklab, triple } from './oklab.ts'
import type { Raster } from './raster.ts'

/** Lightness that a normally exposed picture has on average. */
const NORMAL_LIGHTNESS = 0.6
/** Levels at which tints and slopes stop, so that skin and product colours stay themselves. */
const MOST_TINT = 0.055
const MOST_TINT_SLOPE = 0.025
const MOST_SLOPE = 0.25
/** Lamps and skies are blue to yellow; what is green or red in a picture is mostly leaves and walls, not its light. */
const GREEN_RED = 0.4
/** How much of a subject's own cast is taken for the colour of its old light; the rest is its paint. */
const OWN_CAST = 0.3

/** Where the subject lies, pixels. */
interface Extent { left: number, top: number, right: number, bottom: number }

/**
 * Gives the subject of a cut-out another light, in place: exposure, contrast, tint, and the direction the light comes from.
 * `strength` 0–1; 0 leaves everything as it is.
 */
export function matchLight (cut: Raster, own: Light, light: Light, strength: number): void {
  if (strength === 0) return
  const { data, width } = cut
  const extent = findExtent(cut)
  const reference = (NORMAL_LIGHTNESS + clamp(own.lightness, 0.4, 0.8)) / 2
  const gain = clamp((light.lightness / reference) ** (0.8 * strength), 1 - 0.6 * strength, 1 + 0.4 * strength)
  const contrast = clamp(ratio(light.contrast, own.contrast), 0.8, 1.2) ** (0.6 * strength)
  const colour = clamp(ratio(light.colourfulness, own.colourfulness), 0.8, 1) ** strength
  const tints = Math.min(1, 1.2 * strength)
  const a = GREEN_RED * tints * (clamp(light.a, -MOST_TINT, MOST_TINT) - OWN_CAST * clamp(own.a, -MOST_TINT, MOST_TINT))
  const b = tints * (clamp(light.b, -MOST_TINT, MOST_TINT) - OWN_CAST * clamp(own.b, -MOST_TINT, MOST_TINT))
  // The light's slope is a plane, so two places tell all of it.
  const acrossSlope = triple()
  const downSlope = triple()
  slopeAt(light, 1, 0, acrossSlope)
  slopeAt(light, 0, 1, downSlope)
  const lab = triple()
  for (let y = extent.top; y <= extent.bottom; y++) {
    const v = placeIn(y, extent.top, extent.bottom)
    for (let x = extent.left; x <= extent.right; x++) {
      const p = 4 * (y * width + x)
      if (data[p + 3] === 0) continue
      const u = placeIn(x, extent.left, extent.right)
      for (let c = 0; c < 3; c++) lab[c] = linearOf[data[p + c]]
      toOklab(lab, lab)
      const here = gain * (1 + strength * clamp(u * acrossSlope[0] + v * downSlope[0], -MOST_SLOPE, MOST_SLOPE))
      lab[0] = expose(clamp(own.lightness + (lab[0] - own.lightness) * contrast, 0, 1), here)
      // Light tints what it falls on: black stays black.
      const lit = Math.min(1.15, lab[0] / 0.7)
      lab[1] = lab[1] * colour + lit * (a + GREEN_RED * strength * clamp(u * acrossSlope[1] + v * downSlope[1], -MOST_TINT_SLOPE, MOST_TINT_SLOPE))
      lab[2] = lab[2] * colour + lit * (b + strength * clamp(u * acrossSlope[2] + v * downSlope[2], -MOST_TINT_SLOPE, MOST_TINT_SLOPE))
      fromOklab(lab, lab)
      for (let c = 0; c < 3; c++) data[p + c] = byteOf(lab[c])
    }
  }
}

// Less light scales; more light lifts the dark and rolls off before white.
function expose (lightness: number, gain: number): number {
  return gain <= 1 ? lightness * gain : 1 - (1 - lightness) ** gain
}

function findExtent ({ data, width, height }: Raster): Extent {
  const extent = { left: width, top: height, right: -1, bottom: -1 }
  for (let y = 0, p = 3; y < height; y++) {
    for (let x = 0; x < width; x++, p += 4) {
      if (data[p] === 0) continue
      extent.left = Math.min(extent.left, x)
      extent.right = Math.max(extent.right, x)
      extent.top = Math.min(extent.top, y)
      extent.bottom = y
    }
  }
  return extent
}

const placeIn = (position: number, from: number, to: number) => to === from ? 0 : 2 * (position - from) / (to - from) - 1
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))
const ratio = (a: number, b: number) => (a + 0.02) / (b + 0.02)
