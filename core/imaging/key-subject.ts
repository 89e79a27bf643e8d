import type { KeyName } from '../emulation-prompts.ts'
import { keyness } from './keyness.ts'
import { growPlane } from './mask-growth.ts'
import { fullOf, type Raster } from './raster.ts'
import { fillGaps, type Grid } from './tone-grid.ts'

/** What the subject looks like near a place, smoothly over the image. */
export interface SubjectSurvey {
  /** Writes red, green, blue and keyness of the subject there, levels of 0–255. */
  at (x: number, y: number, typical: Float64Array): void
}

/** Pixels that are surely the subject's and not of its edge lie so far inside. */
const inside = 2
const surely = 235

/**
 * Surveys what surely is the subject, in coarse cells, and spreads it over all others.
 * @param alpha a first guess, 0–255, a byte a pixel
 */
export function surveySubject (picture: Raster, alpha: Uint8Array, key: KeyName): SubjectSurvey {
  const { data, width, height, channels } = picture
  const gain = 255 / fullOf(picture)
  const cell = Math.max(4, Math.round(Math.sqrt(width * height) / 128))
  const columns = Math.ceil(width / cell)
  const rows = Math.ceil(height / cell)
  const grid: Grid = { columns, rows, colours: 4, known: new Float32Array(columns * rows), values: new Float32Array(columns * rows * 4) }
  const edge = { pixels: alpha.map(value => value < surely ? 255 : 0), width, height }
  growPlane(edge, inside)
  for (let y = 0, pixel = 0; y < height; y++) {
    const row = Math.floor(y / cell) * columns
    for (let x = 0; x < width; x++, pixel++) {
      if (edge.pixels[pixel] > 0) continue
      const place = row + Math.floor(x / cell)
      const [red, green, blue] = [data[pixel * channels] * gain, data[pixel * channels + 1] * gain, data[pixel * channels + 2] * gain]
      grid.known[place]++
      grid.values[place * 4] += red
      grid.values[place * 4 + 1] += green
      grid.values[place * 4 + 2] += blue
      grid.values[place * 4 + 3] += keyness(key, red, green, blue)
    }
  }
  for (let place = 0; place < grid.known.length; place++) {
    for (let n = 0; n < 4 && grid.known[place] > 0; n++) grid.values[place * 4 + n] /= grid.known[place]
  }
  fillGaps(grid)
  return {
    at (x, y, typical) {
      const across = Math.min(columns - 1, Math.max(0, (x + 0.5) / cell - 0.5))
      const down = Math.min(rows - 1, Math.max(0, (y + 0.5) / cell - 0.5))
      const [left, top] = [Math.floor(across), Math.floor(down)]
      const [right, bottom] = [Math.min(columns - 1, left + 1), Math.min(rows - 1, top + 1)]
      const [dx, dy] = [across - left, down - top]
      for (let n = 0; n < 4; n++) {
        const upper = grid.values[(top * columns + left) * 4 + n] * (1 - dx) + grid.values[(top * columns + right) * 4 + n] * dx
        const lower = grid.values[(bottom * columns + left) * 4 + n] * (1 - dx) + grid.values[(bottom * columns + right) * 4 + n] * dx
        typical[n] = upper * (1 - dy) + lower * dy
      }
    }
  }
}
