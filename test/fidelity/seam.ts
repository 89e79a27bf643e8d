import type { Samples } from './oracle.ts'

/** Mean differences of neighbouring pixels, levels of 0–255. */
export interface Seam {
  /** Of pairs across the edge. */
  readonly across: number
  /** Of pairs near it, those of one side and those of the other. */
  readonly around: number
  /** Pairs across. */
  readonly pairs: number
}

/** Pixels on each side of the edge that are its surroundings. */
const band = 6

/**
 * How much of a step there is where the masked part begins. A pair of neighbours, side by side or one above the other, is across when
 * one is masked and the other is not; it is around when both lie on one side, within a few pixels.
 */
export function measureSeam ({ data, width, height, channels, full }: Samples, masked: Uint8Array): Seam {
  const distance = distances(masked, width, height)
  const [across, around] = [{ sum: 0, count: 0 }, { sum: 0, count: 0 }]
  const compare = (pixel: number, other: number) => {
    const crosses = (masked[pixel] === 0) !== (masked[other] === 0)
    if (!crosses && !((distance[pixel] ?? 0) <= band && (distance[other] ?? 0) <= band)) return
    let step = 0
    for (let channel = 0; channel < 3; channel++) step += Math.abs((data[pixel * channels + channel] ?? 0) - (data[other * channels + channel] ?? 0))
    const group = crosses ? across : around
    group.sum += step / 3 / full * 255
    group.count++
  }
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if ((distance[pixel] ?? 0) > band) continue
      if (x + 1 < width) compare(pixel, pixel + 1)
      if (y + 1 < height) compare(pixel, pixel + width)
    }
  }
  return { across: across.count === 0 ? 0 : across.sum / across.count, around: around.count === 0 ? 0 : around.sum / around.count, pairs: across.count }
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
