import type { Region, Size } from '../request.ts'
import type { Raster } from './raster.ts'

/** A copy of a part of a raster. */
export function cutOut (raster: Raster, { left, top, width, height }: Region): Raster {
  const part = emptyLike(raster, { width, height })
  const row = width * raster.channels
  for (let y = 0; y < height; y++) {
    const at = ((top + y) * raster.width + left) * raster.channels
    part.data.set(raster.data.subarray(at, at + row), y * row)
  }
  return part
}

/** Writes a part into a raster of the same kind, in place. */
export function layInto (raster: Raster, part: Raster, { left, top }: Pick<Region, 'left' | 'top'>): Raster {
  const row = part.width * raster.channels
  for (let y = 0; y < part.height; y++) {
    raster.data.set(part.data.subarray(y * row, (y + 1) * row), ((top + y) * raster.width + left) * raster.channels)
  }
  return raster
}

/** Zeros, in the depth and with the channels of a raster. */
export function emptyLike ({ data, channels }: Raster, { width, height }: Size): Raster {
  const values = width * height * channels
  return { data: data instanceof Uint16Array ? new Uint16Array(values) : new Uint8Array(values), width, height, channels }
}
