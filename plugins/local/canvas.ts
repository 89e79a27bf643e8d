import type { Raster } from './raster.ts'

/**
 * A picture with a hole, while the hole is being filled. Four bytes a pixel: the colour as seen in front of `backdrop`,
 * then alpha. Comparing colours so compares alpha too, and averages of pixels are true averages, without the fringes
 * that averaging straight alpha leaves.
 */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
  /** 1 = to fill, 0 = known. */
  readonly hole: Uint8Array
}

/** A rectangle of pixels: left and top belong to it, right and bottom do not. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Stands where a picture is transparent. A colour that products seldom have. */
const backdrop = [255, 0, 180] as const

/** A canvas of the box, with a hole nowhere; parts of the box outside the image stay zero. */
export function openCanvas (image: Raster, box: Box): Canvas {
  const width = box.right - box.left
  const height = box.bottom - box.top
  const data = new Uint8Array(width * height * 4)
  const from = Math.max(0, box.left)
  const to = Math.min(image.width, box.right)
  for (let y = Math.max(0, box.top); y < Math.min(image.height, box.bottom); y++) {
    const row = image.data.subarray((y * image.width + from) * 4, (y * image.width + to) * 4)
    data.set(row, ((y - box.top) * width + from - box.left) * 4)
  }
  for (let p = 0; p < data.length; p += 4) {
    const alpha = data[p + 3]
    if (alpha === 255) continue
    for (let c = 0; c < 3; c++) data[p + c] = Math.round((data[p + c] * alpha + backdrop[c] * (255 - alpha)) / 255)
  }
  return { width, height, data, hole: new Uint8Array(width * height) }
}

/** The straight colour and alpha of a canvas pixel, written to `out` at `to`. */
export function straighten (data: Uint8Array, at: number, out: Uint8Array, to: number): void {
  const alpha = data[at + 3]
  out[to + 3] = alpha
  for (let c = 0; c < 3; c++) {
    const shown = data[at + c]
    if (alpha === 255) out[to + c] = shown
    else if (alpha === 0) out[to + c] = 0
    else out[to + c] = Math.max(0, Math.min(255, Math.round((shown * 255 - backdrop[c] * (255 - alpha)) / alpha)))
  }
}

/** Half the size, sides rounded up. Only known pixels count; a pixel is known when half of what it stands for is. */
export function halve (canvas: Canvas): Canvas {
  const { width, height, data, hole } = canvas
  const w = (width + 1) >> 1
  const h = (height + 1) >> 1
  const half: Canvas = { width: w, height: h, data: new Uint8Array(w * h * 4), hole: new Uint8Array(w * h) }
  for (let y = 0, q = 0; y < h; y++) {
    for (let x = 0; x < w; x++, q++) {
      let red = 0; let green = 0; let blue = 0; let alpha = 0; let known = 0; let all = 0
      for (let v = 2 * y; v < Math.min(height, 2 * y + 2); v++) {
        for (let u = 2 * x; u < Math.min(width, 2 * x + 2); u++) {
          const p = v * width + u
          all++
          if (hole[p] === 1) continue
          known++
          red += data[p * 4]
          green += data[p * 4 + 1]
          blue += data[p * 4 + 2]
          alpha += data[p * 4 + 3]
        }
      }
      if (known * 2 < all) {
        half.hole[q] = 1
        continue
      }
      half.data[q * 4] = red / known + 0.5
      half.data[q * 4 + 1] = green / known + 0.5
      half.data[q * 4 + 2] = blue / known + 0.5
      half.data[q * 4 + 3] = alpha / known + 0.5
    }
  }
  return half
}

/** The smallest box around everything that is not 0; an empty one when there is nothing. */
export function boundsOf (marks: Uint8Array, width: number, height: number): Box {
  let left = width; let right = 0; let top = -1; let bottom = 0
  for (let y = 0; y < height; y++) {
    const row = marks.subarray(y * width, (y + 1) * width)
    let first = 0
    while (first < width && row[first] === 0) first++
    if (first === width) continue
    let last = width - 1
    while (row[last] === 0) last--
    if (top < 0) top = y
    bottom = y + 1
    left = Math.min(left, first)
    right = Math.max(right, last + 1)
  }
  return top < 0 ? { left: 0, top: 0, right: 0, bottom: 0 } : { left, top, right, bottom }
}

/** Steps from each pixel of the hole to the nearest known pixel, diagonals allowed; 0 where known. At most 65535. */
export function depths (canvas: Canvas): Uint16Array {
  const { width, height, hole } = canvas
  const depth = new Uint16Array(width * height)
  const far = 65535
  const at = (x: number, y: number) => x < 0 || y < 0 || x >= width || y >= height ? far : depth[y * width + x]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (hole[y * width + x] === 0) continue
      depth[y * width + x] = Math.min(far - 1, at(x - 1, y), at(x, y - 1), at(x - 1, y - 1), at(x + 1, y - 1)) + 1
    }
  }
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const p = y * width + x
      if (depth[p] < 2) continue
      depth[p] = Math.min(depth[p] - 1, at(x + 1, y), at(x, y + 1), at(x + 1, y + 1), at(x - 1, y + 1)) + 1
    }
  }
  return depth
}
