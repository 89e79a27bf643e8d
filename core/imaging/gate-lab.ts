/**
 * OKLab (Björn Ottosson, https://bottosson.github.io/posts/oklab/) of encoded sRGB, by tables: right to a thousandth, and
 * fast enough for all cells of two pictures. L is lightness 0–1, a and b are green–red and blue–yellow.
 */

// As much light as comes from a black screen in a lit room: without it, levels that nobody can tell apart would be far apart.
const flare = 0.01
// Finer than a byte: the mean of many pixels lies between two.
const finest = 1020
const linear = Float32Array.from({ length: finest + 1 }, (_, step) => {
  const value = step / finest
  return ((value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4) + flare) / (1 + flare)
})
// Near black a cube root is steep, but no value is below the flare's.
const fine = 16384
const roots = Float32Array.from({ length: fine + 2 }, (_, step) => Math.cbrt(step / fine))

/** Writes OKLab at `at`. The colours are 0–255, whole or not. */
export function writeLab (red: number, green: number, blue: number, lab: Float32Array, at: number): void {
  const r = linear[(red * 4 + 0.5) | 0]
  const g = linear[(green * 4 + 0.5) | 0]
  const b = linear[(blue * 4 + 0.5) | 0]
  const l = roots[((0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) * fine + 0.5) | 0]
  const m = roots[((0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) * fine + 0.5) | 0]
  const s = roots[((0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) * fine + 0.5) | 0]
  lab[at] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s
  lab[at + 1] = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  lab[at + 2] = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
}
