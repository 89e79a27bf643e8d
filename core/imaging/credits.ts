import type { Credits } from '../request.ts'
import { readMetadata } from './codec.ts'

/** Numbers of EXIF tags (CIPA DC-008) → the names that sharp has for them. */
const ofImage: Readonly<Record<number, string>> = { 0x010e: 'ImageDescription', 0x0132: 'DateTime', 0x013b: 'Artist', 0x8298: 'Copyright' }
const ofCapture: Readonly<Record<number, string>> = { 0x9003: 'DateTimeOriginal' }
const capturePointer = 0x8769

const text = 2
const entryLength = 12
const longest = 2000

/**
 * Of an image's EXIF data: description, author, copyright and dates. Everything else stays behind: place, device and its serial
 * number, owner, thumbnail, what the camera's maker adds, and whatever is not understood. undefined = it has none of them.
 * Written again they are ASCII, as EXIF's texts are: libvips spells "Müller" as "Muller".
 */
export async function readCredits (bytes: Buffer): Promise<Credits | undefined> {
  const { exif } = await readMetadata(bytes)
  return exif === undefined ? undefined : creditsOf(exif)
}

/** Offsets in there are not to be trusted: what lies outside is not read. */
export function creditsOf (exif: Buffer): Credits | undefined {
  const tiff = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
  // A number that is missing leads to the end, where there is nothing.
  const long = (at: number) => at + 4 > tiff.length ? tiff.length : isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at)
  const entriesAt = (at: number) => Array.from({ length: short(at) }, (_, index) => at + 2 + index * entryLength)

  const textsAt = (entries: number[], names: typeof ofImage): Record<string, string> => Object.fromEntries(entries.flatMap(at => {
    const name = names[short(at)]
    const length = long(at + 4)
    if (name === undefined || short(at + 2) !== text || length > longest) return []
    const start = length <= 4 ? at + 8 : long(at + 8)
    const value = tiff.toString('utf8', start, start + length).replace(/\p{Cc}+/gu, ' ').trim()
    return value === '' ? [] : [[name, value]]
  }))

  const entries = entriesAt(long(4))
  const capture = entries.find(at => short(at) === capturePointer)
  const found = { IFD0: textsAt(entries, ofImage), IFD2: textsAt(capture === undefined ? [] : entriesAt(long(capture + 8)), ofCapture) }
  const filled = Object.entries(found).filter(([, texts]) => Object.keys(texts).length > 0)
  return filled.length === 0 ? undefined : Object.fromEntries(filled)
}
