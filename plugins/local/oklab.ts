/**
 * Colour in OKLab (Björn Ottosson, https://bottosson.github.io/posts/oklab/): L is perceived lightness 0–1, a and b are
 * green–red and blue–yellow. Scaling L, a and b together by k scales linear light by k³: the same paint in other light.
 */

/** Three numbers, written in place: pixels are too many to allocate one each. Read by index: destructuring a typed array is slow. */
export type Triple = Float64Array

export const triple = (): Triple => new Float64Array(3)

/** sRGB byte → linear light 0–1. */
export const linearOf = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

const steps = 65535
const bytes = Uint8Array.from({ length: steps + 1 }, (_, step) => {
  const linear = step / steps
  return Math.round(255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055))
})

/** Linear light → the nearest sRGB byte; beyond 0–1 it is clipped. */
export function byteOf (linear: number): number {
  return bytes[linear <= 0 ? 0 : linear >= 1 ? steps : Math.round(linear * steps)]
}

/** Linear sRGB → OKLab. `lab` may be `rgb` itself. */
export function toOklab (rgb: Triple, lab: Triple): void {
  const red = rgb[0]
  const green = rgb[1]
  const blue = rgb[2]
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  lab[0] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s
  lab[1] = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  lab[2] = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
}

/** OKLab → linear sRGB 0–1. A colour beyond sRGB keeps lightness and hue, its colourfulness gives way. `rgb` may be `lab` itself. */
export function fromOklab (lab: Triple, rgb: Triple): void {
  const lightness = Math.min(1, Math.max(0, lab[0]))
  const a = lab[1]
  const b = lab[2]
  writeLinear(lightness, a, b, rgb)
  if (isInside(rgb)) return
  let low = 0
  let high = 1
  while (high - low > 1 / 512) {
    const share = (low + high) / 2
    writeLinear(lightness, a * share, b * share, rgb)
    if (isInside(rgb)) low = share
    else high = share
  }
  writeLinear(lightness, a * low, b * low, rgb)
}

function writeLinear (lightness: number, a: number, b: number, rgb: Triple): void {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  rgb[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
  rgb[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
  rgb[2] = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
}

// Less than a quarter of a byte's step beyond is rounding.
function isInside (rgb: Triple): boolean {
  const slack = 1e-4
  return Math.min(rgb[0], rgb[1], rgb[2]) >= -slack && Math.max(rgb[0], rgb[1], rgb[2]) <= 1 + slack
}

/** Mixes linear sRGB that lies outside of 0–1 with the grey of its lightness, just as far as needed. */
export function fitGamut (rgb: Triple, lightness: number): void {
  const grey = Math.min(1, Math.max(0, lightness)) ** 3
  let share = 1
  for (let channel = 0; channel < 3; channel++) {
    const value = rgb[channel]
    if (value > 1) share = Math.min(share, (1 - grey) / (value - grey))
    else if (value < 0) share = Math.min(share, grey / (grey - value))
  }
  if (share < 1) {
    for (let channel = 0; channel < 3; channel++) rgb[channel] = grey + share * (rgb[channel] - grey)
  }
}

/** Hue of an OKLab colour in degrees, 0–360. */
export function hueOf (a: number, b: number): number {
  const degrees = Math.atan2(b, a) * 180 / Math.PI
  return degrees < 0 ? degrees + 360 : degrees
}

/** Difference of two hues in degrees, −180–180. */
export function hueDifference (hue: number, from: number): number {
  return ((hue - from) % 360 + 540) % 360 - 180
}
