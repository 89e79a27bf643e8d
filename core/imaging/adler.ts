/** The largest prime below 65536, and how many bytes may pass before the sums are reduced: their values stay exact (RFC 1950, section 9). */
const modulus = 65521
const reduceAfter = 4096

/** The checksum of a zlib stream; Node has only that of a PNG's chunks. */
export interface Adler {
  add (bytes: Uint8Array): void
  /** Of all bytes so far, the highest first. */
  digest (): Uint8Array
}

export function createAdler (): Adler {
  let [low, high] = [1, 0]
  return {
    add (bytes) {
      ;[low, high] = sum(bytes, low, high)
    },
    digest: () => Uint8Array.of(high >> 8, high, low >> 8, low)
  }
}

function sum (bytes: Uint8Array, low: number, high: number): [number, number] {
  for (let from = 0; from < bytes.length; from += reduceAfter) {
    const to = Math.min(bytes.length, from + reduceAfter)
    for (let i = from; i < to; i++) {
      low += bytes[i]
      high += low
    }
    low %= modulus
    high %= modulus
  }
  return [low, high]
}
