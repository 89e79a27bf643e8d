/** Chebyshev depth of a pixel: FRONT + k = k pixels into the subject, FRONT + 1 − k = k pixels into the background. */
export const FRONT = 128
/** Background pixels this near to the subject may hold some of its colour. */
export const OUTSIDE = 2

/** How deep each pixel lies, as far as `inside` + 1 pixels into the subject and OUTSIDE + 1 into the background. */
export function measureDepth (map: Uint8Array, width: number, inside: number): Uint8Array {
  const depth = new Uint8Array(map.length)
  const deepest = FRONT + inside + 1
  const lowest = FRONT - OUTSIDE
  for (let p = 0; p < map.length; p++) depth[p] = map[p] === 0 ? deepest : lowest
  sweep(depth, width, 1)
  sweep(depth, width, -1)
  return depth
}

/** Pixels whose depth is neither surely background nor surely subject, the outermost first. */
export function listBand (depth: Uint8Array, inside: number): Int32Array {
  const isBand = (p: number) => depth[p] > FRONT - OUTSIDE && depth[p] <= FRONT + inside
  let count = 0
  for (let p = 0; p < depth.length; p++) if (isBand(p)) count++
  const band = new Int32Array(count)
  count = 0
  for (let p = 0; p < depth.length; p++) if (isBand(p)) band[count++] = p
  return sortByKey(band, p => depth[p])
}

/** A new list of the pixels by rising key, 0–255; a counting sort, so equal keys keep their order. */
export function sortByKey (pixels: Int32Array, key: (pixel: number) => number): Int32Array {
  const next = new Int32Array(257)
  for (const pixel of pixels) next[key(pixel) + 1]++
  for (let k = 1; k < 257; k++) next[k] += next[k - 1]
  const sorted = new Int32Array(pixels.length)
  for (const pixel of pixels) sorted[next[key(pixel)]++] = pixel
  return sorted
}

/** The eight neighbours of a pixel into `around`; returns how many there are inside the image. */
export function neighbours (pixel: number, width: number, total: number, around: Int32Array): number {
  const x = pixel % width
  const left = x > 0
  const right = x < width - 1
  let count = 0
  if (pixel >= width) {
    if (left) around[count++] = pixel - width - 1
    around[count++] = pixel - width
    if (right) around[count++] = pixel - width + 1
  }
  if (left) around[count++] = pixel - 1
  if (right) around[count++] = pixel + 1
  if (pixel < total - width) {
    if (left) around[count++] = pixel + width - 1
    around[count++] = pixel + width
    if (right) around[count++] = pixel + width + 1
  }
  return count
}

/** The neighbours of a pixel by its sides into `around`; returns how many there are inside the image. */
export function beside (pixel: number, width: number, total: number, around: Int32Array): number {
  const x = pixel % width
  let count = 0
  if (x > 0) around[count++] = pixel - 1
  if (x < width - 1) around[count++] = pixel + 1
  if (pixel >= width) around[count++] = pixel - width
  if (pixel < total - width) around[count++] = pixel + width
  return count
}

// One pass of a distance transform on both sides of the front at once: depth changes by at most one between neighbours.
function sweep (depth: Uint8Array, width: number, direction: 1 | -1): void {
  const total = depth.length
  for (let n = 0, p = direction === 1 ? 0 : total - 1; n < total; n++, p += direction) {
    const x = p % width
    const back = p - direction * width
    const hasBack = back >= 0 && back < total
    let value = depth[p]
    const side = direction === 1 ? x > 0 : x < width - 1
    const far = direction === 1 ? x < width - 1 : x > 0
    if (side) value = limit(value, depth[p - direction])
    if (hasBack) {
      value = limit(value, depth[back])
      if (side) value = limit(value, depth[back - direction])
      if (far) value = limit(value, depth[back + direction])
    }
    depth[p] = value
  }
}

function limit (value: number, neighbour: number): number {
  if (value > FRONT) return Math.min(value, Math.max(neighbour, FRONT) + 1)
  return Math.max(value, Math.min(neighbour, FRONT + 1) - 1)
}
