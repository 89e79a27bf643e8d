import { createAdler } from './adler.ts'

/** Writes a zlib stream (RFC 1950, RFC 1951) piece by piece. */
export interface HuffmanDeflate {
  /** What comes next in the stream, without its last byte when that is not full. */
  write (bytes: Uint8Array): Uint8Array
  /** The rest. */
  end (): Uint8Array
}

/** Longest code, bits: with what is left of a byte, those of two bytes fit into a whole number of JavaScript's. */
const longest = 12
const endOfBlock = 256
/** Bytes between two that are counted: no multiple of any pixel's size. */
const sampling = 5

/**
 * Compresses bytes that hardly ever repeat, as the differences of a photograph's pixels: each is coded by how often it occurs, and no
 * repetition is searched. In half of the time that zlib takes for it (its Z_HUFFMAN_ONLY): two bytes are looked up at once.
 */
export function createHuffmanDeflate (): HuffmanDeflate {
  const pairs = new Uint32Array(65536)
  let scratch = new Uint8Array()
  const adler = createAdler()
  const end: Bits = { rest: 0, count: 0 }
  let isBegun = false

  function start (out: Uint8Array): number {
    if (isBegun) return 0
    isBegun = true
    out.set([0x78, 0x01])
    return 2
  }

  return {
    write (bytes) {
      const most = Math.ceil(bytes.length * longest / 8) + 256
      if (scratch.length < most) scratch = new Uint8Array(most)
      const lengths = codeLengths(countSome(bytes))
      const codes = codesOf(lengths)
      let at = putHeader(scratch, start(scratch), lengths, end)
      fillPairs(pairs, codes, lengths)
      at = putPairs(scratch, at, bytes, pairs, end)
      if (bytes.length % 2 === 1) at = put(scratch, at, codes[bytes[bytes.length - 1]], lengths[bytes[bytes.length - 1]], end)
      at = put(scratch, at, codes[endOfBlock], lengths[endOfBlock], end)
      adler.add(bytes)
      return scratch.slice(0, at)
    },
    end () {
      const out = new Uint8Array(16)
      // A last block with nothing in it, in the fixed code; then the rest of its byte.
      let at = put(out, start(out), 0b011, 10, end)
      at = put(out, at, 0, (8 - end.count) % 8, end)
      for (const value of adler.digest()) at = put(out, at, value, 8, end)
      return out.subarray(0, at)
    }
  }
}

/** The bits at the end of what is written, which do not fill a byte yet. */
interface Bits { rest: number, count: number }

/** Writes a few bits, and answers where the next ones go. */
function put (out: Uint8Array, at: number, value: number, bits: number, end: Bits): number {
  end.rest |= value << end.count
  end.count += bits
  while (end.count >= 8) {
    out[at++] = end.rest
    end.rest >>>= 8
    end.count -= 8
  }
  return at
}

/** Writes the codes of all bytes, but for the last one of an odd number. No closure: a new one would be compiled for every picture. */
function putPairs (out: Uint8Array, at: number, bytes: Uint8Array, pairs: Uint32Array, end: Bits): number {
  const even = bytes.length & ~1
  let bits = end.rest
  let held = end.count
  for (let i = 0; i < even; i += 2) {
    const pair = pairs[bytes[i] | bytes[i + 1] << 8]
    bits |= (pair & 0xffffff) << held
    held += pair >>> 24
    out[at] = bits
    out[at + 1] = bits >>> 8
    out[at + 2] = bits >>> 16
    at += held >>> 3
    bits >>>= held & 24
    held &= 7
  }
  end.rest = bits
  end.count = held
  return at
}

/** How often each byte occurs in a sample, at least once: then every one has a code. The end of the block does so once. */
function countSome (bytes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(endOfBlock + 1).fill(1)
  for (let i = 0; i < bytes.length; i += sampling) counts[bytes[i]]++
  return counts
}

/** Of a Huffman code, bits. */
function codeLengths (counts: Uint32Array): Uint8Array {
  const size = counts.length
  const order = Uint16Array.from(counts.keys()).sort((a, b) => counts[a] - counts[b])
  const weights = new Float64Array(2 * size - 1)
  const parents = new Uint16Array(2 * size - 1)
  for (let i = 0; i < size; i++) weights[i] = counts[order[i]]
  // Leaves in their order, and behind them nodes, which come out in theirs: the two lightest are always at the front of one of both.
  let [leaf, node] = [0, size]
  for (let next = size; next < weights.length; next++) {
    for (let n = 0; n < 2; n++) {
      const lightest = leaf < size && (node >= next || weights[leaf] <= weights[node]) ? leaf++ : node++
      weights[next] += weights[lightest]
      parents[lightest] = next
    }
  }
  const depths = new Uint8Array(weights.length)
  for (let i = weights.length - 2; i >= 0; i--) depths[i] = depths[parents[i]] + 1
  // The rarest byte lies deepest. Flattened, the counts make a flatter tree.
  if (depths[0] > longest) return codeLengths(counts.map(count => (count + 1) >> 1))
  const lengths = new Uint8Array(size)
  for (let i = 0; i < size; i++) lengths[order[i]] = depths[i]
  return lengths
}

/** Canonical codes (RFC 1951, section 3.2.2), their bits in the order in which they are written. */
function codesOf (lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length)
  let code = 0
  for (let length = 1; length <= longest; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      for (let bit = 0; bit < length; bit++) codes[symbol] |= ((code >> bit) & 1) << (length - 1 - bit)
      code++
    }
    code <<= 1
  }
  return codes
}

/** The code of two bytes, and above it its length. */
function fillPairs (pairs: Uint32Array, codes: Uint16Array, lengths: Uint8Array): void {
  for (let second = 0, at = 0; second < 256; second++) {
    for (let first = 0; first < 256; first++, at++) {
      pairs[at] = codes[first] | codes[second] << lengths[first] | (lengths[first] + lengths[second]) << 24
    }
  }
}

/** Of a block with its own code (RFC 1951, section 3.2.7): no distances, and each length in four bits. */
function putHeader (out: Uint8Array, at: number, lengths: Uint8Array, end: Bits): number {
  at = put(out, at, 0b100, 3, end)
  at = put(out, at, 0, 10, end)
  at = put(out, at, 15, 4, end)
  // Lengths of the codes of the lengths: in this order repetitions come first, which are not used.
  for (let n = 0; n < 19; n++) at = put(out, at, n < 3 ? 0 : 4, 3, end)
  for (const length of lengths) at = put(out, at, reversed(length), 4, end)
  return put(out, at, 0, 4, end)
}

function reversed (nibble: number): number {
  return (nibble & 1) << 3 | (nibble & 2) << 1 | (nibble & 4) >> 1 | nibble >> 3
}
