/** Steps of the table between which values are interpolated: the error stays below 1/20000. */
const steps = 4096

/**
 * Values of a channel in linear light, 0–1, by sRGB's curve (IEC 61966-2-1). Other profiles have curves near enough for what is
 * mixed here: pixels that are alike.
 */
export function linearLight (full: 255 | 65535): LinearLight {
  made[full] ??= createLinearLight(full)
  return made[full]
}

export interface LinearLight {
  /** Of a whole value. */
  toLinear (value: number): number
  /** Rounded to a whole value. */
  fromLinear (light: number): number
}

const made: Partial<Record<255 | 65535, LinearLight>> = {}

function createLinearLight (full: 255 | 65535): LinearLight {
  const linear = Float32Array.from({ length: full + 1 }, (_, value) => decode(value / full))
  const coded = Float32Array.from({ length: steps + 2 }, (_, step) => encode(step / steps) * full)
  return {
    toLinear: value => linear[value],
    fromLinear: light => {
      const at = Math.min(1, Math.max(0, light)) * steps
      const step = Math.floor(at)
      return Math.round(coded[step] + (coded[step + 1] - coded[step]) * (at - step))
    }
  }
}

function decode (value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

function encode (light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055
}
