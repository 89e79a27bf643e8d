import type { Sharp } from 'sharp'
import { openEncoded, produce, type EncodedSource } from './codec.ts'
import type { Header } from './header.ts'
import type { Raster } from './raster.ts'
import { addReshape, type Reshape } from './reshape.ts'

export interface DecodeOptions {
  readonly grey: boolean
  /** 16 bits a channel. */
  readonly deep: boolean
  readonly reshape?: Reshape | undefined
  /**
   * `keep`: values as they are stored, whatever a profile says; `srgb`: converted to sRGB by it; else converted to the profile in
   * the file of this path, which is for grey or for RGB as `grey` says.
   */
  readonly colours: 'keep' | 'srgb' | { readonly path: string }
}

/** Decodes an image as it is to be worked on; alpha stays. Throws EDIT_ERR_IMAGE_INVALID when it does not decode. */
export async function decode (header: Header, options: DecodeOptions): Promise<Raster> {
  if (!options.grey || !header.alpha) return await produceRaster(openAs(header, options), header, options)
  // sharp gives no two channels: one after the other.
  const grey = await produceRaster(openAs(header, options).removeAlpha(), header, options)
  const alpha = await produceRaster(openAs(header, { ...options, colours: 'keep' }).extractChannel('alpha'), header, options)
  const data = options.deep ? new Uint16Array(grey.data.length * 2) : new Uint8Array(grey.data.length * 2)
  for (let i = 0; i < grey.data.length; i++) {
    data[2 * i] = grey.data[i]
    data[2 * i + 1] = alpha.data[i]
  }
  return { ...grey, data, channels: 2 }
}

const spaces = { grey: { flat: 'b-w', deep: 'grey16' }, rgb: { flat: 'srgb', deep: 'rgb16' } } as const

function openAs (header: Header, { grey, deep, reshape = {}, colours }: DecodeOptions): Sharp {
  const pipeline = openEncoded(header, { ignoreIcc: colours === 'keep' })
  addReshape(pipeline, reshape)
  // To a grey profile libvips converts from RGB.
  const space = grey && typeof colours !== 'object' ? 'grey' : 'rgb'
  pipeline.toColourspace(spaces[space][deep ? 'deep' : 'flat'])
  if (typeof colours === 'object') pipeline.withIccProfile(colours.path)
  // A deep image with a profile passes through Display P3 in sharp: without a word it would stay there.
  else if (colours === 'srgb' && !grey) pipeline.withIccProfile('srgb')
  return pipeline
}

function produceRaster (pipeline: Sharp, header: Header, { deep, reshape }: DecodeOptions): Promise<Raster> {
  const { scaledTo = header } = reshape ?? {}
  return rasterOf(pipeline, { ...header, pixels: Math.max(header.pixels, scaledTo.width * scaledTo.height) }, deep)
}

/** What a pipeline in grey or RGB ends in. Throws EDIT_ERR_IMAGE_INVALID when the image does not decode. */
export async function rasterOf (pipeline: Sharp, source: EncodedSource, deep: boolean): Promise<Raster> {
  const { data, info: { width, height, channels } } = await produce(pipeline.raw({ depth: deep ? 'ushort' : 'uchar' }), source)
  return {
    data: deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : new Uint8Array(data.buffer, data.byteOffset, data.length),
    width,
    height,
    channels: channels as Raster['channels'] // libvips makes no others of these colour spaces
  }
}
