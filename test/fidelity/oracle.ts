import sharp, { type Metadata } from 'sharp'

/** Samples as they are to be compared: no profile applied, upright, its first frame. */
export interface Samples {
  readonly data: Uint8Array | Uint16Array
  readonly width: number
  readonly height: number
  readonly channels: number
  /** The highest value. */
  readonly full: number
}

/** What is true of an encoded image, by sharp alone: nothing of the kernel takes part. */
export interface Truth {
  readonly metadata: Metadata
  readonly width: number
  readonly height: number
  readonly alpha: boolean
  readonly grey: boolean
  readonly deep: boolean
  readonly icc: Buffer | undefined
}

const unlimited = { limitInputPixels: false, failOn: 'error' } as const

export async function readTruth (bytes: Buffer): Promise<Truth> {
  const metadata = await sharp(bytes, unlimited).metadata()
  const { autoOrient: { width, height }, hasAlpha: alpha, space, depth, icc } = metadata
  return { metadata, width, height, alpha, grey: space === 'b-w' || space === 'grey16', deep: depth === 'ushort', icc }
}

/**
 * Decodes to RGB or RGBA, grey as three equal channels.
 * @param options.colours `stored`: values as they are in the file, which is what "the same pixels" means in one profile; `sRGB`: as they look
 */
export async function decode (bytes: Buffer, { colours, deep }: { readonly colours: 'stored' | 'sRGB', readonly deep: boolean }): Promise<Samples> {
  const pipeline = sharp(bytes, { ...unlimited, autoOrient: true, ignoreIcc: colours === 'stored' }).toColourspace(deep ? 'rgb16' : 'srgb')
  if (colours === 'sRGB' && deep) pipeline.withIccProfile('srgb')
  const { data, info: { width, height, channels } } = await pipeline.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true })
  return deep
    ? { data: new Uint16Array(data.buffer, data.byteOffset, data.length / 2), width, height, channels, full: 65535 }
    : { data, width, height, channels, full: 255 }
}

/** Where the picture lies in a result that may be larger. */
export interface Place { readonly left: number, readonly top: number }

/**
 * Pixels of the original that the result does not hold unchanged.
 * @param masked of the original's size; absent = none is
 */
export function countChanged (original: Samples, result: Samples, { left, top }: Place, masked?: Uint8Array): { readonly changed: number, readonly total: number } {
  let [changed, total] = [0, 0]
  const [a, b] = [original, result]
  for (let y = 0, pixel = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++, pixel++) {
      if (masked !== undefined && masked[pixel] !== 0) continue
      total++
      const i = pixel * a.channels
      const j = ((y + top) * b.width + x + left) * b.channels
      if (a.data[i] !== b.data[j] || a.data[i + 1] !== b.data[j + 1] || a.data[i + 2] !== b.data[j + 2] || alphaOf(a, i) !== alphaOf(b, j)) changed++
    }
  }
  return { changed, total }
}

function alphaOf ({ data, channels, full }: Samples, at: number): number {
  return channels === 4 ? data[at + 3] ?? 0 : full
}

export interface Deviation {
  /** Levels of 0–255. */
  readonly mean: number
  /** Only one in a thousand is above it. */
  readonly high: number
  readonly most: number
  /** Pixels that were compared. */
  readonly total: number
}

/** By how much unmasked pixels differ, but for those so near to the mask that an encoder's blocks hold both. */
export function deviation (original: Samples, result: Samples, { left, top }: Place, masked: Uint8Array | undefined, reach: number): Deviation {
  const near = masked && nearMask(masked, original, reach)
  let [sum, most, total] = [0, 0, 0]
  const counts = new Uint32Array(256)
  const [a, b] = [original, result]
  for (let y = 0, pixel = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++, pixel++) {
      if (near !== undefined && near[pixel] !== 0) continue
      if (masked === undefined && (x < reach || y < reach || x >= a.width - reach || y >= a.height - reach)) continue
      const i = pixel * a.channels
      const j = ((y + top) * b.width + x + left) * b.channels
      if (alphaOf(a, i) < a.full) continue
      total++
      for (let channel = 0; channel < 3; channel++) {
        const difference = Math.abs((a.data[i + channel] ?? 0) / a.full - (b.data[j + channel] ?? 0) / b.full) * 255
        sum += difference
        most = Math.max(most, difference)
        counts[Math.round(difference)]++
      }
    }
  }
  let high = 255
  for (let above = counts[high] ?? 0; high > 0 && above <= total * 3 / 1000; above += counts[high] ?? 0) high--
  return { mean: total === 0 ? 0 : sum / total / 3, high: Math.min(high, most), most, total }
}

/** All within a square of the reach around a masked pixel. */
function nearMask (masked: Uint8Array, { width, height }: Samples, reach: number): Uint8Array {
  const across = new Uint8Array(masked.length)
  const both = new Uint8Array(masked.length)
  spread(masked, across, { lines: height, length: width, line: width, step: 1 }, reach)
  spread(across, both, { lines: width, length: height, line: 1, step: width }, reach)
  return both
}

function spread (from: Uint8Array, to: Uint8Array, { lines, length, line, step }: { lines: number, length: number, line: number, step: number }, reach: number): void {
  for (let n = 0; n < lines; n++) {
    let last = -Infinity
    for (let i = 0; i < length; i++) {
      if (from[n * line + i * step] !== 0) {
        for (let back = Math.max(0, i - reach, last + 1); back <= i; back++) to[n * line + back * step] = 1
        last = i
      } else if (i - last <= reach) to[n * line + i * step] = 1
    }
  }
}
