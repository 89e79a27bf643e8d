import { createMembrane, diffuse, fixed, free } from './diffusion.ts'
import type { Box, Canvas } from './canvas.ts'

/** Cells along the shorter side of the picture. */
const resolution = 24
/** Cells from the picture's edge inward from which shading is read. */
const rim = 3
/** With each cell outward, the shading is an average over so many more cells. */
const spread = 0.7
/** The slope at the edge fades over so many cells, so that what darkens outward does not end in black. */
const fading = 8

export interface Shading {
  /** How far from the picture's edge inward the shading is that of the picture, pixels. */
  readonly rim: number
  /** Takes the shading from the whole canvas: 128 then means that a pixel is as light as its surroundings. */
  readonly remove: () => void
  /** Gives the shading to the hole. */
  readonly restore: () => void
}

/**
 * The soft light and shadow along the edges of a picture, continued over the whole canvas: outward with a slope that fades
 * and smoother with distance, inward as a surface through the edges. Of use for plain backgrounds: without their shading
 * they look alike everywhere, and any part can continue any other.
 */
export function extendShading (canvas: Canvas, picture: Box): Shading {
  const size = Math.max(1, Math.min(picture.right - picture.left, picture.bottom - picture.top) / resolution)
  // The grid is laid so that the picture begins with a whole cell.
  const left = Math.ceil(picture.left / size)
  const top = Math.ceil(picture.top / size)
  const across = Math.ceil((picture.right - picture.left) / size)
  const down = Math.ceil((picture.bottom - picture.top) / size)
  const inner = readRim(canvas, picture, size, across, down)
  diffuse(inner)
  const width = left + across + Math.ceil((canvas.width - picture.right) / size)
  const height = top + down + Math.ceil((canvas.height - picture.bottom) / size)
  const scales = [extrapolate(inner, left, top, width, height)]
  while (Math.max(scales[scales.length - 1].width, scales[scales.length - 1].height) > 2) scales.push(half(scales[scales.length - 1]))

  const apply = (sign: 1 | -1) => {
    for (let p = 0; p < canvas.hole.length; p++) {
      if (sign === 1 && canvas.hole[p] === 0) continue
      const u = (p % canvas.width + 0.5 - picture.left) / size + left - 0.5
      const v = (Math.floor(p / canvas.width) + 0.5 - picture.top) / size + top - 0.5
      const away = Math.max(0, left - u, top - v, u - left - across + 1, v - top - down + 1)
      const scale = Math.min(scales.length - 1.001, Math.log2(1 + away * spread))
      const lower = Math.floor(scale)
      for (let c = 0; c < 3; c++) {
        const fine = sample(scales[lower], u, v, lower, c)
        const shade = fine + (sample(scales[lower + 1], u, v, lower + 1, c) - fine) * (scale - lower) - 128
        canvas.data[p * 4 + c] = Math.max(0, Math.min(255, Math.round(canvas.data[p * 4 + c] + sign * shade)))
      }
    }
  }
  return { rim: rim * size, remove: () => apply(-1), restore: () => apply(1) }
}

interface Grid {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

/** The picture's mean colours in cells: fixed along its edges, free inside. */
function readRim (canvas: Canvas, picture: Box, size: number, across: number, down: number) {
  const membrane = createMembrane(across, down)
  const counts = new Uint32Array(across * down)
  for (let y = picture.top; y < picture.bottom; y++) {
    const j = Math.floor((y - picture.top) / size)
    for (let x = picture.left; x < picture.right; x++) {
      const i = Math.floor((x - picture.left) / size)
      const q = j * across + i
      if (Math.min(i, j, across - 1 - i, down - 1 - j) >= rim) {
        membrane.kind[q] = free
        continue
      }
      membrane.kind[q] = fixed
      counts[q]++
      for (let c = 0; c < 4; c++) membrane.values[q * 4 + c] += (canvas.data[(y * canvas.width + x) * 4 + c] - membrane.values[q * 4 + c]) / counts[q]
    }
  }
  return membrane
}

function extrapolate (inner: Grid, left: number, top: number, width: number, height: number): Grid {
  const values = new Float32Array(width * height * 4)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p += 4) {
      const i = Math.max(0, Math.min(inner.width - 1, x - left))
      const j = Math.max(0, Math.min(inner.height - 1, y - top))
      const outX = x - left - i
      const outY = y - top - j
      const backX = i - Math.sign(outX) * (rim - 1)
      const backY = j - Math.sign(outY) * (rim - 1)
      for (let c = 0; c < 4; c++) {
        const edge = inner.values[(j * inner.width + i) * 4 + c]
        const slopeX = (edge - inner.values[(j * inner.width + backX) * 4 + c]) / (rim - 1)
        const slopeY = (edge - inner.values[(backY * inner.width + i) * 4 + c]) / (rim - 1)
        values[p + c] = edge + slopeX * faded(Math.abs(outX)) + slopeY * faded(Math.abs(outY))
      }
    }
  }
  return { width, height, values }
}

function faded (distance: number): number {
  return fading * (1 - Math.exp(-distance / fading))
}

function half ({ width, height, values }: Grid): Grid {
  const w = (width + 1) >> 1
  const h = (height + 1) >> 1
  const smaller = new Float32Array(w * h * 4)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const right = Math.min(width - 1, 2 * x + 1)
      const below = Math.min(height - 1, 2 * y + 1)
      for (let c = 0; c < 4; c++) {
        smaller[(y * w + x) * 4 + c] = (values[(2 * y * width + 2 * x) * 4 + c] + values[(2 * y * width + right) * 4 + c] +
          values[(below * width + 2 * x) * 4 + c] + values[(below * width + right) * 4 + c]) / 4
      }
    }
  }
  return { width: w, height: h, values: smaller }
}

/** Interpolates a grid that has been halved so many times, at a place of the first one. */
function sample ({ width, height, values }: Grid, u: number, v: number, halved: number, c: number): number {
  const x = Math.max(0, Math.min(width - 1, (u + 0.5) / 2 ** halved - 0.5))
  const y = Math.max(0, Math.min(height - 1, (v + 0.5) / 2 ** halved - 0.5))
  const i = Math.floor(x)
  const j = Math.floor(y)
  const right = Math.min(width - 1, i + 1) - i
  const below = (Math.min(height - 1, j + 1) - j) * width
  const p = (j * width + i) * 4 + c
  const upper = values[p] + (values[p + right * 4] - values[p]) * (x - i)
  const lower = values[p + below * 4] + (values[p + (below + right) * 4] - values[p + below * 4]) * (x - i)
  return upper + (lower - upper) * (y - j)
}
