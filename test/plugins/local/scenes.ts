import { createRandom } from '../../../plugins/local/random.ts'
import type { Raster } from '../../../plugins/local/raster.ts'

/** Pictures that look like some of what people send, made in code so that what lies behind an object is known. */
export type Paint = (x: number, y: number) => readonly [number, number, number]

export function picture (width: number, height: number, paint: Paint, alpha: (x: number, y: number) => number = () => 255): Raster {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p += 4) {
      const colour = paint(x, y)
      for (let c = 0; c < 3; c++) data[p + c] = Math.max(0, Math.min(255, Math.round(colour[c])))
      data[p + 3] = alpha(x, y)
    }
  }
  return { data, width, height }
}

/** Grain of the given strength, the same at each call for a pixel. */
export function grain (strength: number): (x: number, y: number) => number {
  return (x, y) => (hash(x, y) + hash(x + 7919, y) + hash(x, y + 6007) - 1.5) * strength
}

/** Noise like that of photographs: every scale has the same share (1/f). About -1 to 1. */
export function fractal (seed: number, largest = 64): (x: number, y: number) => number {
  const start = Math.floor(createRandom(seed)() * 10000)
  return (x, y) => {
    let sum = 0
    let weight = 0
    for (let size = largest; size >= 2; size /= 2) {
      sum += smoothNoise(x / size + start, y / size + size) * size
      weight += size
    }
    return sum / weight * 3
  }
}

/** A studio backdrop: light from above, darker to the corners, a little grain. */
export function backdrop (width: number, height: number): Paint {
  const noise = grain(3)
  return (x, y) => {
    const far = Math.hypot(x / width - 0.5, y / height - 0.4)
    const light = 225 - 110 * far * far - 25 * y / height + noise(x, y)
    return [light, light - 4, light - 10]
  }
}

/** Sky over a meadow, with a straight horizon at 55 % of the height. */
export function landscape (_width: number, height: number): Paint {
  const noise = grain(2)
  const grass = fractal(5, 16)
  return (x, y) => {
    const high = y / height
    if (high < 0.55) return [90 + 150 * high + noise(x, y), 140 + 120 * high + noise(x, y), 235 + noise(x, y)]
    const blade = grass(x * 1.5, y) * 45 + grain(40)(x, y)
    return [85 + blade * 0.8, 120 + blade, 50 + blade * 0.5]
  }
}

/** Vertical stripes, soft at their edges, and slowly darker downward. */
export function stripes (period: number, height: number): Paint {
  return (x, y) => {
    const wave = Math.max(-1, Math.min(1, 3 * Math.sin(x / period * 2 * Math.PI)))
    const light = 130 + 70 * wave - 40 * y / height
    return [light, light * 0.9, 180 - light * 0.5]
  }
}

/** A wall of bricks, 32 by 16 pixels with mortar, each of its own shade. */
export function bricks (): Paint {
  const noise = grain(14)
  return (x, y) => {
    const row = Math.floor(y / 16)
    const along = x + (row % 2) * 16
    const n = noise(x, y)
    if (y % 16 < 2 || along % 32 < 2) return [205 + n, 200 + n, 190 + n]
    const shade = hash(Math.floor(along / 32), row) * 20
    return [150 + shade + n, 75 + shade + n, 60 + shade * 0.5 + n]
  }
}

/** The same with an object in front: a ball with light and shadow. */
export function withBall (paint: Paint, at: { x: number, y: number, radius: number }): Paint {
  return (x, y) => {
    const u = (x - at.x) / at.radius
    const v = (y - at.y) / at.radius
    const far = u * u + v * v
    if (far >= 1) return paint(x, y)
    const light = Math.max(0.15, 0.9 - 0.5 * Math.hypot(u + 0.4, v + 0.4))
    return [250 * light, 40 * light, 60 * light]
  }
}

export function discMask (width: number, height: number, at: { x: number, y: number, radius: number }, softness = 0): Uint8Array {
  const mask = new Uint8Array(width * height)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      const inside = at.radius - Math.hypot(x - at.x, y - at.y)
      mask[p] = softness === 0 ? (inside > 0 ? 255 : 0) : Math.max(0, Math.min(255, Math.round(255 * inside / softness)))
    }
  }
  return mask
}

/** Mean and 95th percentile of the differences of two pictures in colour levels, where the mask says. */
export function difference (a: Raster, b: Raster, mask: Uint8Array): { mean: number, most: number } {
  const all: number[] = []
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] === 0) continue
    for (let c = 0; c < 3; c++) all.push(Math.abs(a.data[p * 4 + c] - b.data[p * 4 + c]))
  }
  return { mean: mean(all), most: percentile(all, 0.95) }
}

export function mean (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function percentile (values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]
}

/** Differences in brightness between the pairs of neighbouring pixels (a, b) that `choose` wants. */
export function steps ({ data, width, height }: Raster, choose: (a: number, b: number) => boolean): number[] {
  const light = (p: number) => (data[p * 4] + data[p * 4 + 1] + data[p * 4 + 2]) / 3
  const found: number[] = []
  for (let p = 0; p < width * height; p++) {
    if (p % width < width - 1 && choose(p, p + 1)) found.push(Math.abs(light(p) - light(p + 1)))
    if (p + width < width * height && choose(p, p + width)) found.push(Math.abs(light(p) - light(p + width)))
  }
  return found
}

/** 0 to below 1, the same for the same place. */
function hash (x: number, y: number): number {
  let h = Math.imul(x | 0, 374761393) ^ Math.imul(y | 0, 668265263)
  h = Math.imul(h ^ (h >>> 13), 1274126177)
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296
}

function smoothNoise (x: number, y: number): number {
  const i = Math.floor(x)
  const j = Math.floor(y)
  const u = (x - i) ** 2 * (3 - 2 * (x - i))
  const v = (y - j) ** 2 * (3 - 2 * (y - j))
  const upper = hash(i, j) * (1 - u) + hash(i + 1, j) * u
  const lower = hash(i, j + 1) * (1 - u) + hash(i + 1, j + 1) * u
  return upper * (1 - v) + lower * v - 0.5
}
