import { depths } from './canvas.ts'
import { reach } from './patch-field.ts'
import type { Canvas } from './canvas.ts'
import type { Random } from './random.ts'

/** Differences in look up to this many colour levels are no difference. */
const tolerance = 8
/** Nothing is stranger than so many colour levels. */
const most = 60
const rimSamples = 1200

/**
 * By pixel: how unlike everything that borders on the hole its surroundings look, in squared colour levels. An object that
 * stands elsewhere in the picture is strange, the ground that it stands on is not; so content prefers to be made of what
 * lies around the hole, and objects are not doubled. Zero everywhere when nothing borders on the hole.
 *
 * @param canvas a small one: the work grows with its pixels
 * @param rim how far around the hole counts as bordering on it, pixels
 */
export function measureStrangeness (canvas: Canvas, rim: number, random: Random): Float32Array {
  const { width, height, hole } = canvas
  const looks = describe(canvas)
  const away = depths({ width, height, data: canvas.data, hole: hole.map(mark => 1 - mark) })
  const near: number[] = []
  for (let p = 0; p < hole.length; p++) {
    if (hole[p] === 0 && away[p] <= rim) near.push(p)
  }
  if (near.length === 0) return new Float32Array(hole.length)
  const step = Math.max(1, near.length / rimSamples)
  const samples = Int32Array.from({ length: Math.floor(near.length / step) }, (_, n) => near[Math.floor((n + random()) * step)] * 4)

  const strangeness = new Float32Array(hole.length)
  for (let p = 0; p < hole.length; p++) {
    if (hole[p] === 1 || away[p] <= rim) continue
    let least = most * most
    for (const q of samples) {
      let sum = 0
      for (let c = 0; c < 4; c++) sum += (looks[p * 4 + c] - looks[q + c]) ** 2
      if (sum < least) least = sum
    }
    strangeness[p] = Math.max(0, least - tolerance * tolerance)
  }
  return strangeness
}

/** By pixel, four each: the mean colour around it and how much its brightness varies there. */
function describe ({ width, height, data, hole }: Canvas): Float32Array {
  const looks = new Float32Array(width * height * 4)
  const around = reach - 1
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      let red = 0; let green = 0; let blue = 0; let squares = 0; let count = 0
      for (let v = Math.max(0, y - around); v <= Math.min(height - 1, y + around); v++) {
        for (let u = Math.max(0, x - around); u <= Math.min(width - 1, x + around); u++) {
          const q = v * width + u
          if (hole[q] === 1) continue
          const light = (data[q * 4] + data[q * 4 + 1] + data[q * 4 + 2]) / 3
          red += data[q * 4]
          green += data[q * 4 + 1]
          blue += data[q * 4 + 2]
          squares += light * light
          count++
        }
      }
      if (count === 0) continue
      const mean = (red + green + blue) / (3 * count)
      looks[p * 4] = red / count
      looks[p * 4 + 1] = green / count
      looks[p * 4 + 2] = blue / count
      looks[p * 4 + 3] = 2 * Math.sqrt(Math.max(0, squares / count - mean * mean))
    }
  }
  return looks
}
