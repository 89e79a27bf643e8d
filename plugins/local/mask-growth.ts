import type { Box } from './canvas.ts'

/** The mask with everything in it grown by so many pixels to all sides; soft edges stay as soft as they were. */
export function growMask (mask: Uint8Array, width: number, height: number, by: number): Uint8Array {
  if (by === 0) return mask
  const wide = new Uint8Array(mask.length)
  for (let y = 0; y < height; y++) growLine(mask, wide, y * width, 1, width, by)
  const grown = new Uint8Array(mask.length)
  for (let x = 0; x < width; x++) growLine(wide, grown, x, width, height, by)
  return grown
}

/** Each pixel of `to` becomes the largest of `from` within reach along a line of pixels. */
function growLine (from: Uint8Array, to: Uint8Array, start: number, step: number, count: number, by: number): void {
  for (let n = 0; n < count; n++) {
    const value = from[start + n * step]
    if (value === 0) continue
    for (let m = Math.max(0, n - by); m <= Math.min(count - 1, n + by); m++) {
      if (to[start + m * step] < value) to[start + m * step] = value
    }
  }
}

const block = 16
/** More separate parts than that are treated as one. */
const mostParts = 200

/**
 * The mask in parts that can be filled one by one: boxes that hold a marked part and its surroundings, as much as filling it
 * needs. No marked pixel of one part lies in the box of another.
 */
export function partsOf (mask: Uint8Array, width: number, height: number): Box[] {
  let parts = blockParts(mask, width, height)
  if (parts.length > mostParts) parts = [parts.reduce(unite)]
  let boxes = parts.map(part => surround(part, width, height))
  for (let n = 0; n < boxes.length;) {
    const other = boxes.findIndex((box, m) => m > n && overlap(box, boxes[n]))
    if (other < 0) {
      n++
      continue
    }
    parts[n] = unite(parts[n], parts[other])
    boxes[n] = surround(parts[n], width, height)
    parts = parts.filter((_, m) => m !== other)
    boxes = boxes.filter((_, m) => m !== other)
    // It has grown: it may reach one that it has passed.
    n = 0
  }
  return boxes
}

interface Part extends Box {
  /** Marked pixels, a little more at most. */
  readonly area: number
}

/** Connected parts, found by blocks of pixels. */
function blockParts (mask: Uint8Array, width: number, height: number): Part[] {
  const columns = Math.ceil(width / block)
  const rows = Math.ceil(height / block)
  const counts = new Uint16Array(columns * rows)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      if (mask[p] !== 0) counts[Math.floor(y / block) * columns + Math.floor(x / block)]++
    }
  }
  const parts: Part[] = []
  const open: number[] = []
  for (let first = 0; first < counts.length; first++) {
    if (counts[first] === 0) continue
    let part: Part = { left: width, top: height, right: 0, bottom: 0, area: 0 }
    const visit = (q: number) => {
      const x = q % columns * block
      const y = Math.floor(q / columns) * block
      part = unite(part, { left: x, top: y, right: Math.min(width, x + block), bottom: Math.min(height, y + block), area: counts[q] })
      counts[q] = 0
      open.push(q)
    }
    visit(first)
    for (let q = open.pop(); q !== undefined; q = open.pop()) {
      const x = q % columns
      const y = Math.floor(q / columns)
      for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++) {
          if (counts[v * columns + u] > 0) visit(v * columns + u)
        }
      }
    }
    parts.push(part)
  }
  return parts
}

function unite (a: Part, b: Part): Part {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
    area: a.area + b.area
  }
}

function surround (part: Part, width: number, height: number): Box {
  const margin = Math.max(48, Math.round(1.2 * Math.sqrt(part.area)))
  return {
    left: Math.max(0, part.left - margin),
    top: Math.max(0, part.top - margin),
    right: Math.min(width, part.right + margin),
    bottom: Math.min(height, part.bottom + margin)
  }
}

function overlap (a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
