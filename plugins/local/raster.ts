/** Decoded pixels: 8-bit sRGB with straight alpha, RGBA row by row. */
export interface Raster {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** What a local operation may be given beside the image. */
export interface LocalInputs {
  /** One byte a pixel of the image, 255 = edit. */
  readonly mask?: Uint8Array
  readonly background?: Raster
  readonly lighting?: Raster
  readonly prompt?: string
  readonly selectPrompt?: string
  readonly expansion?: { readonly left: number, readonly right: number, readonly up: number, readonly down: number }
  readonly parameters: Readonly<Record<string, unknown>>
}

/** An operation reads its inputs and returns new pixels; it never writes to what it was given. */
export type LocalOperation = (image: Raster, inputs: LocalInputs) => Raster | Promise<Raster>

/** This image or wish is beyond what the operation does well. The message says what it can do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
