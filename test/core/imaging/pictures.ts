import { writeFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** Raw pixels, one byte a channel. */
export interface Picture {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

/** A picture without symmetry or repetition: whatever is turned, cut or swapped in it shows. */
export function picture (width: number, height: number, channels: Picture['channels'] = 3, seed = 0): Picture {
  const data = Buffer.alloc(width * height * channels)
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / channels)
    const x = pixel % width
    const y = Math.floor(pixel / width)
    data[at] = (x * 3 + y * 7 + (at % channels) * 60 + ((x * y) >> 3) + seed * 100) % 256
  }
  return { data, width, height, channels }
}

/** A picture by a function of the place. */
export function draw (width: number, height: number, channels: Picture['channels'], pixel: (x: number, y: number) => readonly number[]): Picture {
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * channels)
  return { data, width, height, channels }
}

/** A pipeline on the picture that keeps grey as grey. */
export function open ({ data, width, height, channels }: Picture): Sharp {
  const pipeline = sharp(data, { raw: { width, height, channels } })
  return channels < 3 ? pipeline.toColourspace('b-w') : pipeline
}

/** The pixels of an encoded image as they are stored: no profile applied, not turned. */
export async function pixelsOf (bytes: Buffer, space = 'srgb'): Promise<Picture> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true }).toColourspace(space).raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/** The 16-bit samples of an encoded image. */
export async function samplesOf (bytes: Buffer, space: 'rgb16' | 'grey16' = 'rgb16'): Promise<Uint16Array> {
  const data = await sharp(bytes, { ignoreIcc: true }).toColourspace(space).raw({ depth: 'ushort' }).toBuffer()
  return new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
}

/** A 16-bit PNG whose samples use all their bits. */
export async function deepPng (width: number, height: number, channels: 1 | 3): Promise<Buffer> {
  const samples = Uint16Array.from({ length: width * height * channels }, (_, i) => (i * 40503) % 65536)
  return sharp(samples, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'grey16' : 'rgb16').png().toBuffer()
}

/** Largest difference between two images' bytes. */
export function difference (a: Uint8Array, b: Uint8Array): number {
  return a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) : Infinity
}

/** Frames, each a picture of the same size, as one animated or multi-page pipeline. */
export async function frames (...pictures: Picture[]): Promise<Sharp> {
  return sharp(await Promise.all(pictures.map(frame => open(frame).png().toBuffer())), { join: { animated: true } })
}

export const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

export function pngChunk (type: string, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  const check = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

export function pngHeader (width: number, height: number, depth = 8, colourType = 0): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width)
  data.writeUInt32BE(height, 4)
  data[8] = depth
  data[9] = colourType
  return pngChunk('IHDR', data)
}

/** A grey PNG by hand: `claimed` stands in its header, `true` is what its data hold. Black, so it packs a thousandfold. */
export function blackPng (claimed: { width: number, height: number }, actual = claimed, extra: Buffer[] = []): Buffer {
  const rows = Buffer.alloc((actual.width + 1) * actual.height)
  return Buffer.concat([
    pngSignature, pngHeader(claimed.width, claimed.height), ...extra, pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND')
  ])
}

/** The PNG with an EXIF orientation (eXIf chunk), everything else as it is. */
export function turned (png: Buffer, orientation: number): Buffer {
  const exif = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0', 'latin1')
  exif[18] = orientation
  const afterHeader = pngSignature.length + 25
  return Buffer.concat([png.subarray(0, afterHeader), pngChunk('eXIf', exif), png.subarray(afterHeader)])
}

/** The bytes with a stretch of them inverted. */
export function corrupt (bytes: Buffer, at: number, length = 40): Buffer {
  const copy = Buffer.from(bytes)
  for (let i = at; i < at + length; i++) copy[i] ^= 0x5a
  return copy
}

/** A grey profile of gamma 4 in a file: a description, a white point and a curve. */
export async function greyProfile (directory: string): Promise<string> {
  const be = (...values: number[]) => Buffer.concat(values.map(value => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  }))
  const name = 'Dark Grey\0'
  const tags = [
    ['desc', Buffer.concat([Buffer.from('desc'), be(0, name.length), Buffer.from(name), Buffer.alloc(80)])],
    ['wtpt', Buffer.concat([Buffer.from('XYZ '), be(0, 0xf6d6, 0x10000, 0xd32d)])],
    ['kTRC', Buffer.concat([Buffer.from('curv'), be(0, 1), Buffer.from([4, 0, 0, 0])])]
  ] as const
  let at = 128 + 4 + tags.length * 12
  const table = tags.map(([signature, data]) => {
    const entry = Buffer.concat([Buffer.from(signature), be(at, data.length)])
    at += data.length
    return entry
  })
  const header = Buffer.alloc(128)
  header.writeUInt32BE(at)
  header.write('\x02\x10\0\0mntrGRAYXYZ ', 8, 'latin1')
  header.write('acsp', 36)
  be(0xf6d6, 0x10000, 0xd32d).copy(header, 68)
  const path = `${directory}/grey.icc`
  await writeFile(path, Buffer.concat([header, be(tags.length), ...table, ...tags.map(([, data]) => data)]))
  return path
}
