import { deflateSync } from 'node:zlib'
import { pngChunk, pngHeader, pngSignature } from '../core/imaging/pictures.ts'

/** Sides of square pictures whose files have about so many bytes. */
export const sides = { '100k': 188, '1m': 593, '5m': 1326, '20m': 2652 } as const

export type SizeName = keyof typeof sides

export const sizeNames = Object.keys(sides) as SizeName[] // keys of that table

/**
 * A PNG that no encoder makes smaller: random colours, stored. The same one for the same side and seed, so that every process
 * of the bench can make its own. A photograph of the same bytes has more pixels, and inflating it takes longer.
 */
export function noise (side: number, seed: number): Buffer {
  const row = 1 + side * 3
  const words = new Uint32Array(Math.ceil(row * side / 4))
  let state = seed * 2654435761 >>> 0 || 1
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  const rows = Buffer.from(words.buffer, 0, row * side)
  // The filter of each row: none.
  for (let y = 0; y < side; y++) rows[y * row] = 0
  return Buffer.concat([
    pngSignature, pngHeader(side, side, 8, 2), pngChunk('IDAT', deflateSync(rows, { level: 0 })), pngChunk('IEND')
  ])
}

const made = new Map<string, Buffer>()

function remembered (size: SizeName, seed: number): Buffer {
  const key = `${size} ${seed}`
  const image = made.get(key) ?? noise(sides[size], seed)
  made.set(key, image)
  return image
}

/** What clients send. */
export function sentImage (size: SizeName): Buffer {
  return remembered(size, 1)
}

/** What the upstream answers to it. */
export function madeImage (size: SizeName): Buffer {
  return remembered(size, 2)
}
