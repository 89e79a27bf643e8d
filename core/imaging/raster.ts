/** Decoded pixels, row by row, 8 or 16 bits a channel. Named as the colour space of an image says: nothing is converted here. */
export interface Raster {
  readonly data: Uint8Array | Uint16Array
  readonly width: number
  readonly height: number
  /** Grey, grey and alpha, RGB, RGB and alpha. */
  readonly channels: 1 | 2 | 3 | 4
}

/** The highest value of a channel. */
export function fullOf ({ data }: Pick<Raster, 'data'>): 255 | 65535 {
  return data instanceof Uint16Array ? 65535 : 255
}

/** Channels without alpha. */
export function coloursOf ({ channels }: Pick<Raster, 'channels'>): 1 | 3 {
  return channels < 3 ? 1 : 3
}

export function hasAlpha ({ channels }: Pick<Raster, 'channels'>): boolean {
  return channels % 2 === 0
}
