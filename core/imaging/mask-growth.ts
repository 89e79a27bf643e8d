import { copyIn, copyOut, type Bytes } from './region.ts'

/**
 * Grows what is above 0 by so many pixels in every direction, in place: each pixel takes the highest value around it, so soft
 * edges move outwards and stay soft. The neighbourhood is an octagon, which comes near a circle at a price that does not
 * rise with its size.
 */
export function growPlane (plane: Bytes, by: number): void {
  // A square and a diamond make an octagon: the diamond is two diagonals, and the square fills the gaps between their steps.
  const diagonal = Math.floor(by * (2 - Math.SQRT2) / 2)
  const straight = by - 2 * diagonal
  // Along a border one of the diagonals leads out of the plane and the other one back.
  const { width, height } = plane
  const inside = { left: diagonal, top: diagonal, width, height }
  const wider = { pixels: new Uint8Array((width + 2 * diagonal) * (height + 2 * diagonal)), width: width + 2 * diagonal, height: height + 2 * diagonal }
  copyIn(plane, wider, inside)
  spread(wider, 1, 1, diagonal)
  spread(wider, 1, -1, diagonal)
  spread(wider, 1, 0, straight)
  spread(wider, 0, 1, straight)
  plane.pixels.set(copyOut(wider, inside).pixels)
}

/** Every pixel takes the highest value within `reach` steps of (dx, dy) to both sides. */
function spread ({ pixels, width, height }: Bytes, dx: 1 | 0, dy: 1 | 0 | -1, reach: number): void {
  if (reach === 0) return
  const takeHighest = createSlidingMaximum(Math.max(width, height), reach)
  const line = (x: number, y: number) => {
    const across = dx === 0 ? Infinity : width - x
    const down = dy === 0 ? Infinity : dy > 0 ? height - y : y + 1
    takeHighest(pixels, { start: y * width + x, step: dy * width + dx, count: Math.min(across, down) })
  }
  // A line begins wherever a step back leaves the plane.
  const firstRow = dy < 0 ? height - 1 : 0
  if (dy !== 0) for (let x = 0; x < width; x++) line(x, firstRow)
  if (dx !== 0) for (let y = 0; y < height; y++) if (dy === 0 || y !== firstRow) line(0, y)
}

/** The algorithm of van Herk and of Gil and Werman: three comparisons a pixel, whatever the reach. */
function createSlidingMaximum (longest: number, reach: number) {
  const window = 2 * reach + 1
  const size = longest + 2 * window
  const values = new Uint8Array(size)
  const ahead = new Uint8Array(size)
  const behind = new Uint8Array(size)
  return (pixels: Uint8Array, { start, step, count }: { start: number, step: number, count: number }) => {
    const end = Math.ceil((count + 2 * reach) / window) * window
    values.fill(0, 0, end)
    for (let i = 0, at = start; i < count; i++, at += step) values[reach + i] = pixels[at]
    for (let block = 0; block < end; block += window) {
      let highest = 0
      for (let i = block; i < block + window; i++) behind[i] = highest = Math.max(highest, values[i])
      highest = 0
      for (let i = block + window - 1; i >= block; i--) ahead[i] = highest = Math.max(highest, values[i])
    }
    for (let i = 0, at = start; i < count; i++, at += step) pixels[at] = Math.max(ahead[i], behind[i + window - 1])
  }
}
