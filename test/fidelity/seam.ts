import type { Samples } from './oracle.ts'

/** Mean differences of neighbouring pixels, levels of 0–255. */
export interface Seam {
  /** Of pairs across the edge. */
  readonly across: number
  /** Of pairs across the lines that run along the edge some pixels from it, on both sides: the mean of those lines, and by how much they differ. */
  readonly around: number
  readonly spread: number
  /** Pairs across the edge. */
  readonly pairs: number
}

/** Pixels on each side of the edge that are its surroundings. */
const band = 6

/**
 * How much of a step there is where the masked part begins. A pair of neighbours, side by side or one above the other, is across the edge
 * when one is masked and the other is not; it is across one of the lines along it when both lie on one side and one is a step further.
 * Without a seam the edge is a line like any other.
 */
export function measureSeam ({ data, width, height, channels, full }: Samples, masked: Uint8Array): Seam {
  const distance = distances(masked, width, height)
  // Of the edge itself, then of the lines outside and inside.
  const lines = Array.from({ length: 2 * band - 1 }, () => ({ sum: 0, count: 0 }))
  const compare = (pixel: number, other: number) => {
    const crosses = (masked[pixel] === 0) !== (masked[other] === 0)
    const [a = 0, b = 0] = [distance[pixel], distance[other]]
    if (!crosses && (Math.abs(a - b) !== 1 || Math.max(a, b) > band)) return
    let step = 0
    for (let channel = 0; channel < 3; channel++) step += Math.abs((data[pixel * channels + channel] ?? 0) - (data[other * channels + channel] ?? 0))
    const line = lines[crosses ? 0 : Math.min(a, b) + (masked[pixel] === 0 ? 0 : band - 1)]
    if (line === undefined) return
    line.sum += step / 3 / full * 255
    line.count++
  }
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if ((distance[pixel] ?? 0) > band) continue
      if (x + 1 < width) compare(pixel, pixel + 1)
      if (y + 1 < height) compare(pixel, pixel + width)
    }
  }
  const pairs = lines[0]?.count ?? 0
  const [across = 0, ...others] = lines.flatMap(({ sum, count }) => count === 0 || count < pairs / 3 ? [] : [sum / count])
  const around = others.reduce((sum, value) => sum + value, 0) / Math.max(1, others.length)
  const spread = Math.sqrt(others.reduce((sum, value) => sum + (value - around) ** 2, 0) / Math.max(1, others.length - 1))
  return { across: pairs === 0 ? 0 : across, around, spread, pairs }
}

/** Steps to the nearest pixel of the other side, from 1; no further than the band and one. */
function distances (masked: Uint8Array, width: number, height: number): Uint8Array {
  const distance = new Uint8Array(masked.length).fill(band + 1)
  let edge: number[] = []
  const neighbours = (pixel: number) => {
    const x = pixel % width
    return [x > 0 ? pixel - 1 : -1, x + 1 < width ? pixel + 1 : -1, pixel - width, pixel + width < width * height ? pixel + width : -1].filter(other => other >= 0)
  }
  for (let pixel = 0; pixel < masked.length; pixel++) {
    const isMasked = masked[pixel] !== 0
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    const differs = (other: number) => (masked[other] !== 0) !== isMasked
    if ((x > 0 && differs(pixel - 1)) || (x + 1 < width && differs(pixel + 1)) || (y > 0 && differs(pixel - width)) || (y + 1 < height && differs(pixel + width))) {
      distance[pixel] = 1
      edge.push(pixel)
    }
  }
  for (let step = 2; step <= band; step++) {
    const next: number[] = []
    for (const pixel of edge) {
      for (const other of neighbours(pixel)) {
        if ((distance[other] ?? 0) <= band) continue
        distance[other] = step
        next.push(other)
      }
    }
    edge = next
  }
  return distance
}
