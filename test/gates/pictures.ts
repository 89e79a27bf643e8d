import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { backdrop, bricks, fractal, grain, landscape, stripes } from '../plugins/local/scenes.ts'

/** Decoded RGB pixels, 0–255, not rounded. */
export interface Pixels {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
}

export type Colour = readonly [red: number, green: number, blue: number]
export interface Size { readonly width: number, readonly height: number }

/** How much of a pixel a thing covers, 0–1. */
export type Shape = (x: number, y: number) => number

/** Numbers from 0 to 1, by a seed (mulberry32), and choices made with them. */
export class Dice {
  #state: number

  constructor (seed: number) {
    this.#state = seed
  }

  next (): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  between (least: number, most: number): number {
    return least + (most - least) * this.next()
  }

  whole (least: number, most: number): number {
    return Math.floor(this.between(least, most + 1))
  }

  chance (share: number): boolean {
    return this.next() < share
  }

  oneOf<T> (values: readonly [T, ...T[]]): T {
    return values[this.whole(0, values.length - 1)] ?? values[0]
  }
}

const examples = join(import.meta.dirname, '../examples/images')
const photos = new Map<string, Promise<Pixels>>()

/** One of the example images, scaled. */
export async function photo (name: 'mug.png' | 'meadow.jpg' | 'evening.jpg', { width, height }: Size): Promise<Pixels> {
  const key = `${name} ${width}×${height}`
  const known = photos.get(key) ?? sharp(readFileSync(join(examples, name))).removeAlpha().resize(width, height, { fit: 'fill' }).raw().toBuffer()
    .then(data => ({ data: Float32Array.from(data), width, height }))
  photos.set(key, known)
  return await known
}

export const grounds = ['mug', 'meadow', 'evening', 'backdrop', 'landscape', 'stripes', 'bricks', 'paper', 'night', 'fog'] as const
export type Ground = typeof grounds[number]

/** A picture that something can be laid on. */
export async function ground (name: Ground, size: Size): Promise<Pixels> {
  if (name === 'mug') return await photo('mug.png', size)
  if (name === 'meadow') return await photo('meadow.jpg', size)
  if (name === 'evening') return await photo('evening.jpg', size)
  return paint(size, paintOf(name, size))
}

function paintOf (name: Exclude<Ground, 'mug' | 'meadow' | 'evening'>, { width, height }: Size): (x: number, y: number) => Colour {
  if (name === 'backdrop') return backdrop(width, height)
  if (name === 'landscape') return landscape(width, height)
  if (name === 'stripes') return stripes(Math.max(8, width / 12), height)
  if (name === 'bricks') return bricks()
  const noise = grain(name === 'night' ? 6 : 3)
  const cloud = fractal(9, 64)
  if (name === 'paper') return (x, y) => [244 + noise(x, y), 241 + noise(x, y + 1), 232 + noise(x + 1, y)]
  if (name === 'night') return (x, y) => [14 + 8 * cloud(x, y) + noise(x, y), 16 + 8 * cloud(x, y), 28 + 20 * y / height + noise(x, y)]
  return (x, y) => [168 + 14 * cloud(x, y), 172 + 14 * cloud(x, y), 178 + 12 * cloud(x, y)]
}

export function paint ({ width, height }: Size, colour: (x: number, y: number) => Colour): Pixels {
  const data = new Float32Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at += 3) data.set(colour(x, y), at)
  return { data, width, height }
}

/** Lays a thing on a picture; the light falls on it from the upper left, as on things. */
export function lay (on: Pixels, shape: Shape, colour: Colour, shaded = true): Pixels {
  const data = Float32Array.from(on.data)
  for (let y = 0, at = 0; y < on.height; y++) {
    for (let x = 0; x < on.width; x++, at += 3) {
      const cover = shape(x, y)
      if (cover <= 0) continue
      const light = shaded ? 1.12 - 0.24 * (x / on.width + y / on.height) / 2 : 1
      for (let channel = 0; channel < 3; channel++) data[at + channel] = data[at + channel] * (1 - cover) + colour[channel] * light * cover
    }
  }
  return { ...on, data }
}

export const disc = (cx: number, cy: number, radius: number): Shape => (x, y) => soft(radius - Math.hypot(x - cx, y - cy))
export const box = (left: number, top: number, width: number, height: number): Shape => (x, y) =>
  soft(Math.min(x - left, left + width - x)) * soft(Math.min(y - top, top + height - y))
/** A wire from one point to another. */
export const wire = (x1: number, y1: number, x2: number, y2: number, thickness: number): Shape => {
  const length = Math.hypot(x2 - x1, y2 - y1)
  return (x, y) => {
    const along = Math.min(length, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length))
    return soft(thickness / 2 - Math.hypot(x - x1 - along * (x2 - x1) / length, y - y1 - along * (y2 - y1) / length))
  }
}

const glyphs = {
  2: '01110 10001 00001 00010 00100 01000 11111',
  3: '11111 00010 00100 00010 00001 10001 01110',
  5: '11111 10000 11110 00001 00001 10001 01110',
  8: '01110 10001 10001 01110 10001 10001 01110',
  A: '01110 10001 10001 11111 10001 10001 10001',
  E: '11111 10000 10000 11110 10000 10000 11111',
  L: '10000 10000 10000 10000 10000 10000 11111',
  O: '01110 10001 10001 10001 10001 10001 01110',
  S: '01111 10000 10000 01110 00001 00001 11110',
  T: '11111 00100 00100 00100 00100 00100 00100'
} as const
export type Letter = keyof typeof glyphs

/** A word of letters, each seven dots high. */
export const word = (letters: readonly Letter[], left: number, top: number, dot: number): Shape => {
  const rows = letters.map(letter => glyphs[letter].split(' '))
  return (x, y) => {
    const [column, row] = [Math.floor((x - left) / dot), Math.floor((y - top) / dot)]
    const letter = Math.floor(column / 6)
    return column < 0 || row < 0 ? 0 : Number(rows[letter]?.[row]?.[column % 6] ?? 0)
  }
}

export function soft (distance: number): number {
  return Math.min(1, Math.max(0, distance + 0.5))
}
