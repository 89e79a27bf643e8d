import { move, transferableSymbol, valueSymbol } from 'piscina'
import type { EditMask } from '../request.ts'
import { cutOutImage } from './cut-out-work.ts'
import { featherPlane } from './mask-feather.ts'
import { growPlane } from './mask-growth.ts'
import type { MaskShape } from './mask-shape.ts'
import { release } from './ownership.ts'
import { buffersOf } from './packed.ts'
import { encodePng } from './png-encode.ts'
import { compareWithImage, preserveImage, type Comparison } from './preserve-work.ts'
import type { Raster } from './raster.ts'
import { restoreAlphaOfImage } from './restore-alpha-work.ts'
import { copyIn, copyOut, regionOf } from './region.ts'

// What `inThread` can do, by name: this file runs on the threads. What a task holds is the thread's own.

/** The mask's pixels, grown first, then feathered. */
export async function shape ({ mask, grow, feather }: { readonly mask: EditMask & { readonly pixels: Uint8Array<ArrayBuffer> } } & MaskShape) {
  // Wide enough that nothing reaches its border but where that is the mask's.
  const region = regionOf(mask, grow + 2 * feather)
  if (region !== undefined) {
    const part = copyOut(mask, region)
    growPlane(part, grow)
    featherPlane(part, feather)
    copyIn(part, mask, region)
  }
  return handOver(mask.pixels, [mask.pixels.buffer])
}

/** See `compareWithImage`. */
export async function compare (comparison: Comparison) {
  return handOver(await thenFree(comparison, compareWithImage(comparison)), [])
}

/** See `preserveImage`. */
export async function preserve (task: Parameters<typeof preserveImage>[0]) {
  const preserved = await thenFree(task, preserveImage(task))
  return handOver(preserved, 'picture' in preserved ? buffersOf(preserved.picture) : [])
}

/** The raster as a PNG. */
export async function encode ({ raster, icc }: { readonly raster: Raster, readonly icc: Uint8Array | undefined }) {
  const png = await encodePng(raster, icc)
  release(raster.data)
  return handOver(png, [png.buffer])
}

/** See `cutOutImage`. */
export async function cutOut (task: Parameters<typeof cutOutImage>[0]) {
  const cut = await thenFree(task, cutOutImage(task))
  return handOver(cut, 'picture' in cut ? buffersOf(cut.picture) : [])
}

/** See `restoreAlphaOfImage`. */
export async function restoreAlpha (task: Parameters<typeof restoreAlphaOfImage>[0]) {
  const restored = await thenFree(task, restoreAlphaOfImage(task))
  return handOver(restored, 'picture' in restored ? buffersOf(restored.picture) : [])
}

async function thenFree<T> ({ image, result, mask }: Comparison, work: Promise<T>): Promise<T> {
  const answer = await work
  release(image.bytes, result.bytes, ...mask ? [mask.pixels] : [])
  return answer
}

/** An answer whose buffers are moved to the asking thread, not copied. */
export interface HandedOver<T> { readonly value: T }

function handOver<T> (value: T, buffers: readonly ArrayBuffer[]): HandedOver<T> {
  // By piscina's protocol the value is behind a symbol; its type is kept for `inThread`.
  return move({ [transferableSymbol]: buffers, [valueSymbol]: value } as never) as unknown as HandedOver<T>
}
