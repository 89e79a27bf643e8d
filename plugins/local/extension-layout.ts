import type { Prior } from './patch-match.ts'
import type { Box } from './canvas.ts'

/** Prices, as colour levels for a displacement by the picture's whole side. */
const displaced = 60
const repeated = 60
/** Shares of the picture's side. */
const slack = { along: 0.2, across: 0.02 }
const shortest = 0.15

/**
 * Where an extension had better take its content from: what stands beside the picture from the same height (horizons go
 * on), what stands n pixels outside from at most about n pixels inside (so what is far inside is not shown again), and not
 * from so near that it repeats at once.
 *
 * @param picture the known part of a canvas of the given size
 */
export function extensionLayout (picture: Box, width: number, height: number): Prior {
  const left = picture.left / width
  const right = picture.right / width
  const top = picture.top / height
  const bottom = picture.bottom / height
  const wide = right - left
  const high = bottom - top
  return (x, y, u, v) => {
    const nearX = Math.max(left, Math.min(right, x))
    const nearY = Math.max(top, Math.min(bottom, y))
    const outX = Math.abs(x - nearX) / wide
    const outY = Math.abs(y - nearY) / high
    const inX = Math.max(0, Math.abs(u - nearX) / wide - outX - slack.along)
    const inY = Math.max(0, Math.abs(v - nearY) / high - outY - (outY > 0 ? slack.along : slack.across))
    const sideways = outX > 0 ? 1 : 0.3
    const short = Math.max(0, shortest - Math.max(Math.abs(x - u) / wide, Math.abs(y - v) / high))
    return displaced ** 2 * ((inX * sideways) ** 2 + inY * inY) + (repeated * short) ** 2
  }
}

/** What is taken from farther inside than the rim costs as much as so many colour levels. */
const beyondRim = 40

/**
 * Where the extension of a plain background had better take its grain from: the rim of the picture, from any side of it.
 *
 * @param rim its depth, pixels
 */
export function rimLayout (picture: Box, width: number, height: number, rim: number): Prior {
  return (_x, _y, u, v) => {
    const inside = Math.min(u * width - picture.left, picture.right - u * width, v * height - picture.top, picture.bottom - v * height)
    return inside > rim ? beyondRim ** 2 : 0
  }
}
