import type { Raster } from '../../../plugins/local/raster.ts'
import { createRandom } from '../../../plugins/local/random.ts'

export type Colour = readonly [number, number, number]
/** Distance in pixels from a shape's outline, negative inside. */
export type Shape = (x: number, y: number) => number
export type Paint = (x: number, y: number) => Colour

/** A picture made by code, with the truth that a camera does not give. */
export interface Scene {
  readonly image: Raster
  /** The subject alone: its colours, and its true coverage as alpha. */
  readonly truth: Raster
}

export interface SceneParts {
  readonly width: number
  readonly height: number
  readonly backdrop: Paint
  readonly shape: Shape
  readonly paint: Paint
  /** 0–1: how much of the light a shadow takes from the backdrop. */
  readonly shadow?: (x: number, y: number) => number
  /** Standard deviation of the sensor's noise, levels. */
  readonly noise?: number
  /** Width of the edge's ramp, pixels: 1 = anti-aliased, more = out of focus. */
  readonly softness?: number
}

export function makeScene ({ width, height, backdrop, shape, paint, shadow = () => 0, noise = 0, softness = 1 }: SceneParts): Scene {
  const image = { data: new Uint8Array(width * height * 4).fill(255), width, height }
  const truth = { data: new Uint8Array(width * height * 4), width, height }
  const random = createRandom(7)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p += 4) {
      const cover = Math.min(1, Math.max(0, 0.5 - shape(x, y) / softness))
      const front = paint(x, y)
      const back = backdrop(x, y)
      const light = 1 - shadow(x, y)
      truth.data[p + 3] = Math.round(cover * 255)
      for (let c = 0; c < 3; c++) {
        truth.data[p + c] = level(front[c])
        image.data[p + c] = level(cover * front[c] + (1 - cover) * back[c] * light + (noise === 0 ? 0 : noise * gauss(random)))
      }
    }
  }
  return { image, truth }
}

/** An opaque picture without a subject. */
export function makePicture (width: number, height: number, paint: Paint): Raster {
  return makeScene({ width, height, backdrop: paint, shape: () => Infinity, paint }).image
}

export const plain = (colour: Colour): Paint => () => colour

/** The colour a lamp leaves on a backdrop: brightest at (cx, cy), falling off smoothly. */
export function shaded (colour: Colour, cx: number, cy: number, reach: number, fall: number): Paint {
  return (x, y) => {
    const light = 1 - fall * (1 - Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (reach * reach)))
    return [colour[0] * light, colour[1] * light, colour[2] * light]
  }
}

export function ellipse (cx: number, cy: number, rx: number, ry: number): Shape {
  return (x, y) => {
    const u = (x - cx) / rx
    const v = (y - cy) / ry
    const length = Math.hypot(u, v)
    return length === 0 ? -Math.min(rx, ry) : (length - 1) * length / Math.hypot(u / rx, v / ry)
  }
}

/** A rectangle with rounded corners, turned by an angle in radians. */
export function box (cx: number, cy: number, width: number, height: number, radius = 0, angle = 0): Shape {
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  return (x, y) => {
    const u = Math.abs((x - cx) * cos + (y - cy) * sin) - width / 2 + radius
    const v = Math.abs((y - cy) * cos - (x - cx) * sin) - height / 2 + radius
    return Math.hypot(Math.max(u, 0), Math.max(v, 0)) + Math.min(Math.max(u, v), 0) - radius
  }
}

/** A ring: the outline of an ellipse, `width` pixels thick. */
export const ring = (cx: number, cy: number, rx: number, ry: number, width: number): Shape => {
  const inner = ellipse(cx, cy, rx, ry)
  return (x, y) => Math.abs(inner(x, y)) - width / 2
}

/** A straight stroke with round ends. */
export function stroke (x1: number, y1: number, x2: number, y2: number, width: number): Shape {
  const dx = x2 - x1
  const dy = y2 - y1
  return (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)))
    return Math.hypot(x - x1 - along * dx, y - y1 - along * dy) - width / 2
  }
}

export const union = (...shapes: readonly Shape[]): Shape => (x, y) => Math.min(...shapes.map(shape => shape(x, y)))

/** 0–1, a soft blob: the shadow of something round. */
export const blob = (cx: number, cy: number, rx: number, ry: number, strength: number) => (x: number, y: number) =>
  strength * Math.exp(-(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2))

/** A lit ball's colour: dark at the rim, with a highlight. */
export function ball (cx: number, cy: number, radius: number, colour: Colour): Paint {
  return (x, y) => {
    const u = (x - cx) / radius
    const v = (y - cy) / radius
    const up = Math.sqrt(Math.max(0, 1 - u * u - v * v))
    const facing = Math.max(0, -0.4 * u - 0.5 * v + 0.77 * up)
    const light = 0.25 + 0.75 * facing
    const shine = 255 * facing ** 40
    return [colour[0] * light + shine, colour[1] * light + shine, colour[2] * light + shine]
  }
}

/** Smooth random structure of several sizes, like foliage, cloth or a room: `size` pixels at the coarsest. */
export function clutter (size: number, seed: number): Paint {
  const layer = (x: number, y: number, salt: number) => {
    const i = Math.floor(x)
    const j = Math.floor(y)
    const u = (x - i) ** 2 * (3 - 2 * (x - i))
    const v = (y - j) ** 2 * (3 - 2 * (y - j))
    const top = hash(i, j, salt) * (1 - u) + hash(i + 1, j, salt) * u
    const bottom = hash(i, j + 1, salt) * (1 - u) + hash(i + 1, j + 1, salt) * u
    return top * (1 - v) + bottom * v
  }
  const channel = (x: number, y: number, salt: number) => {
    let sum = 0
    for (let octave = 0, weight = 0.5; octave < 5; octave++, weight /= 2) sum += weight * layer(x / size * 2 ** octave, y / size * 2 ** octave, salt + octave)
    return 255 * sum
  }
  return (x, y) => [channel(x, y, seed), channel(x, y, seed + 50), channel(x, y, seed + 100)]
}

/** The subject in front of one colour, as a viewer mixes it: three bytes a pixel. */
export function over (raster: Raster, colour: Colour): Uint8Array {
  const mixed = new Uint8Array(raster.width * raster.height * 3)
  for (let p = 0, q = 0; p < raster.data.length; p += 4) {
    const alpha = raster.data[p + 3] / 255
    for (let c = 0; c < 3; c++) mixed[q++] = Math.round(alpha * raster.data[p + c] + (1 - alpha) * colour[c])
  }
  return mixed
}

export interface MatteError {
  /** Mean |alpha − true alpha| over the image, levels of 255. */
  readonly mean: number
  /** The same over the pixels at most two pixels from a partly covered one, share of 1. */
  readonly edge: number
  /** Mean colour error in front of magenta over those pixels, levels of 255. */
  readonly halo: number
}

export function compareMatte (cut: Raster, truth: Raster): MatteError {
  const { width, height } = truth
  const got = over(cut, [255, 0, 255])
  const wanted = over(truth, [255, 0, 255])
  let sum = 0
  let edgeSum = 0
  let haloSum = 0
  let edgePixels = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x
      const error = Math.abs(cut.data[4 * p + 3] - truth.data[4 * p + 3])
      sum += error
      if (!nearEdge(truth, x, y)) continue
      edgePixels++
      edgeSum += error / 255
      for (let c = 0; c < 3; c++) haloSum += Math.abs(got[3 * p + c] - wanted[3 * p + c]) / 3
    }
  }
  return { mean: sum / (width * height), edge: edgeSum / edgePixels, halo: haloSum / edgePixels }
}

function nearEdge (truth: Raster, x: number, y: number): boolean {
  for (let j = Math.max(0, y - 2); j <= Math.min(truth.height - 1, y + 2); j++) {
    for (let i = Math.max(0, x - 2); i <= Math.min(truth.width - 1, x + 2); i++) {
      const alpha = truth.data[4 * (j * truth.width + i) + 3]
      if (alpha > 0 && alpha < 255) return true
    }
  }
  return false
}

function gauss (random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function hash (x: number, y: number, salt: number): number {
  let mixed = Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(salt, 2147483647)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 1274126177)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296
}

function level (value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)))
}
