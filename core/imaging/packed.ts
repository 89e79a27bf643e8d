import type { Header } from './header.ts'
import { encodePng } from './png-encode.ts'
import { storePng } from './png-store.ts'
import { hasAlpha, type Raster } from './raster.ts'

/**
 * A picture on its way from the thread that has made it: a PNG as it is to be given; or what is encoded anew at once, as mere pixels, 8 bits a
 * channel in sRGB, or as a PNG that is not compressed.
 */
export type Packed =
  | { readonly png: Uint8Array<ArrayBuffer> }
  | { readonly raw: Raster & { readonly data: Uint8Array<ArrayBuffer> } }
  | { readonly stored: Uint8Array<ArrayBuffer> }

/** What is done to it behind the thread. */
export interface Further {
  /** It is encoded anew. */
  readonly anew: boolean
  /** What is transparent is laid on a colour. */
  readonly flattened: boolean
}

/** @returns mere pixels where they say all there is */
export async function pack (raster: Raster, icc: Uint8Array | undefined, { anew, flattened }: Further): Promise<Packed> {
  if (!anew && !(flattened && hasAlpha(raster))) return { png: await encodePng(raster, icc) }
  const { data } = raster
  // sharp takes no profile beside mere pixels, and of two channels it makes three.
  if (icc !== undefined || raster.channels === 2 || data instanceof Uint16Array) return { stored: storePng(raster, icc) }
  // A copy: a decoder's memory goes with the thread on which it was decoded, however long another one looks at it.
  return { raw: { ...raster, data: new Uint8Array(data) } }
}

/** What moves along when it is moved. */
export function buffersOf (packed: Packed): ArrayBuffer[] {
  return ['raw' in packed ? packed.raw.data.buffer : 'png' in packed ? packed.png.buffer : packed.stored.buffer]
}

/** What is known of mere pixels, as of an image in a file. */
export function rawHeader ({ data, width, height, channels }: Raster & { readonly data: Uint8Array<ArrayBuffer> }, field: string): Header {
  return {
    bytes: Buffer.from(data.buffer),
    raw: { width, height, channels },
    field,
    name: 'picture',
    mediaType: undefined,
    width,
    height,
    pixels: width * height,
    upright: true,
    frames: 1,
    alpha: hasAlpha({ channels }),
    colour: channels === 1 ? 'grey' : 'rgb',
    deep: false,
    profiled: false,
    profile: null
  }
}
