import type { EditedImage } from '../../core/index.ts'

/** Whether a finished image has an alpha channel, as its header says; the pixels are not looked at. */
export function hasAlpha ({ bytes, mediaType }: Pick<EditedImage, 'bytes' | 'mediaType'>): boolean {
  switch (mediaType) {
    // Colour types 4 and 6; a palette has its transparency in a chunk before the pixels.
    case 'image/png': return [4, 6].includes(bytes.readUInt8(25)) || bytes.subarray(0, bytes.indexOf('IDAT')).includes('tRNS')
    // The flag of the extended header, or that of the lossless stream.
    case 'image/webp': return bytes.toString('latin1', 12, 16) === 'VP8X' ? hasBit(bytes.readUInt8(20), 4) : bytes.toString('latin1', 12, 16) === 'VP8L' && hasBit(bytes.readUInt8(24), 4)
    // Alpha is an image of its own there, of this kind.
    case 'image/avif': return bytes.subarray(0, 4096).includes('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha')
    case 'image/jpeg': return false
  }
}

function hasBit (byte: number, bit: number): boolean {
  return (byte >> bit & 1) === 1
}
