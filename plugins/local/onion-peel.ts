import { depths } from './canvas.ts'
import { reach } from './patch-field.ts'
import type { Canvas } from './canvas.ts'
import type { Sources } from './patch-field.ts'
import type { Prior } from './patch-match.ts'
import type { Random } from './random.ts'

/** Places tried for each pixel, unless that would be more than so many in all. */
const trials = 400
const mostTrials = 2_000_000
/** As in the search for patches: the share of a difference in mean brightness that still counts. */
const biasPrice = 0.15

/**
 * A first filling, for a small canvas: layer by layer from the rim inward, each pixel from the place whose surroundings
 * agree best with what is known by then (Newson et al. 2014). It carries lines and edges into the hole, which a smooth
 * filling would lose.
 */
export function peel (canvas: Canvas, { sample, valid }: Sources, random: Random, prior: Prior): void {
  const { width, height, data, hole } = canvas
  const depth = depths(canvas)
  const layers: number[][] = []
  for (let p = 0; p < depth.length; p++) {
    if (hole[p] === 1) (layers[depth[p]] ??= []).push(p)
  }
  const filled = hole.map(mark => 1 - mark)
  const origin = new Int32Array(width * height).fill(-1)
  const pixels = hole.reduce((sum, mark) => sum + mark, 0)
  const tries = Math.max(20, Math.min(trials, Math.floor(mostTrials / pixels)))
  const offsets = new Int32Array((2 * reach + 1) ** 2)

  for (const layer of layers) {
    if (layer === undefined) continue
    for (const p of layer) {
      const x = p % width
      const y = Math.floor(p / width)
      // At the canvas's edge the patch is moved inside, and the pixel is not its centre.
      const centre = Math.max(reach, Math.min(height - 1 - reach, y)) * width + Math.max(reach, Math.min(width - 1 - reach, x))
      let count = 0
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          if (filled[centre + dy * width + dx] === 1) offsets[count++] = dy * width + dx
        }
      }
      let best = Infinity
      const offer = (source: number) => {
        const found = disagreement(data, centre, source, offsets, count) +
          prior(centre % width, Math.floor(centre / width), source % width, Math.floor(source / width)) * count
        if (found >= best) return
        best = found
        origin[p] = source
      }
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue
          const beside = origin[p + dy * width + dx]
          if (beside < 0) continue
          const source = beside - dy * width - dx
          if (valid[source] === 1) offer(source)
        }
      }
      for (let n = 0; n < tries; n++) offer(sample[Math.floor(random() * sample.length)])
      const from = origin[p] + p - centre
      data.copyWithin(p * 4, from * 4, from * 4 + 4)
    }
    for (const p of layer) filled[p] = 1
  }
}

function disagreement (data: Uint8Array, a: number, b: number, offsets: Int32Array, count: number): number {
  let squares = 0; let red = 0; let green = 0; let blue = 0
  for (let n = 0; n < count; n++) {
    const p = (a + offsets[n]) * 4
    const q = (b + offsets[n]) * 4
    const dr = data[p] - data[q]
    const dg = data[p + 1] - data[q + 1]
    const db = data[p + 2] - data[q + 2]
    squares += dr * dr + dg * dg + db * db
    red += dr
    green += dg
    blue += db
  }
  return squares - (red * red + green * green + blue * blue) / (Math.max(1, count) * (1 + biasPrice))
}
