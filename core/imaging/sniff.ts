/** An image format that is accepted. */
export interface ImageType {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/avif' | 'image/gif' | 'image/tiff'
  /** For people. */
  readonly name: string
}

/**
 * The type of an image by its first bytes, whatever anybody declared; undefined when it is none that is accepted.
 * It says nothing about the rest of the bytes.
 */
export function sniff (bytes: Uint8Array): ImageType | undefined {
  return accepted.find(([, matches]) => matches(bytes))?.[0]
}

/** The accepted formats, for messages. */
export const acceptedFormats = 'PNG, JPEG, WebP, AVIF, GIF and TIFF'

/** What bytes that are no accepted image look like, for messages: "SVG", "PDF", … or "an unknown format". */
export function lookalike (bytes: Uint8Array): string {
  return others.find(([, matches]) => matches(bytes))?.[0] ?? 'an unknown format'
}

/** Bytes that are searched for the brands and tags that tell a format. */
const headLength = 512

const head = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end)
const startsWith = (text: string, at = 0) => (bytes: Uint8Array) => head(bytes, at, at + text.length) === text

/** The brands of an ISO base media file: the major one, then the compatible ones. */
const brands = (bytes: Uint8Array): string[] => {
  if (!startsWith('ftyp', 4)(bytes)) return []
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), headLength)
  const [, major = '', compatible = ''] = /^(.{4}).{4}((?:.{4})*)/s.exec(head(bytes, 8, end)) ?? []
  return [major, ...compatible.match(/.{4}/gs) ?? []]
}
const branded = (...names: string[]) => (bytes: Uint8Array) => brands(bytes).some(brand => names.includes(brand))
const tagged = (pattern: RegExp) => (bytes: Uint8Array) => pattern.test(head(bytes, 0, headLength))

const accepted: ReadonlyArray<readonly [type: ImageType, matches: (bytes: Uint8Array) => boolean]> = [
  [{ mediaType: 'image/png', name: 'PNG' }, startsWith('\x89PNG\r\n\x1a\n')],
  [{ mediaType: 'image/jpeg', name: 'JPEG' }, startsWith('\xff\xd8\xff')],
  [{ mediaType: 'image/webp', name: 'WebP' }, tagged(/^RIFF.{4}WEBP/s)],
  [{ mediaType: 'image/avif', name: 'AVIF' }, branded('avif', 'avis')],
  [{ mediaType: 'image/gif', name: 'GIF' }, tagged(/^GIF8[79]a/)],
  // The last two are BigTIFF.
  [{ mediaType: 'image/tiff', name: 'TIFF' }, tagged(/^(?:II\*\0|MM\0\*|II\+\0|MM\0\+)/)]
]

const others: ReadonlyArray<readonly [name: string, matches: (bytes: Uint8Array) => boolean]> = [
  ['HEIC', branded('heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1')],
  ['video', branded('isom', 'iso2', 'mp41', 'mp42', 'qt  ', 'M4V ')],
  ['PDF', startsWith('%PDF-')],
  ['BMP', startsWith('BM')],
  ['icon (ICO)', startsWith('\0\0\x01\0')],
  ['Photoshop (PSD)', startsWith('8BPS')],
  ['JPEG XL', tagged(/^(?:\xff\n|\0\0\0\fJXL )/)],
  ['JPEG 2000', tagged(/^(?:\xff\x4f\xff\x51|\0\0\0\fjP {2})/)],
  ['ZIP', startsWith('PK\x03\x04')],
  ['SVG', tagged(/<svg[\s>]/i)],
  ['HTML', tagged(/<(?:!doctype\s+html|html|body)[\s>]/i)],
  ['XML', tagged(/^(?:\xef\xbb\xbf)?\s*<\?xml/)],
  ['JSON', tagged(/^(?:\xef\xbb\xbf)?\s*[{[]\s*["{[\d}\]]/)],
  // Base64 that was encoded twice is a common mistake.
  ['base64 text', tagged(/^(?:data:|iVBORw0KGgo|\/9j\/|UklGR|R0lGOD)/)]
]
