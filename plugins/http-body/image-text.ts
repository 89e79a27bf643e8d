import type { Base64Reader } from '../../core/index.ts'
import { readText, wholeLength } from './json-text.ts'
import type { BodyFile } from './types.ts'

const backslash = 0x5c
/** Bytes that are handled at once. */
const pieceLength = 65536
const previewBytes = 256

/** An image in a JSON string, decoded while its bytes come in. */
export interface ImageText {
  /** The next bytes of what stands between the quotes, cut anywhere. */
  write (raw: Buffer): void
  /** Before the closing quote. undefined = it is no JSON string. */
  end (): BodyFile | undefined
}

/**
 * The usual text, digits of base64 without an escape, goes straight to the decoder. From the first thing on that is anything
 * else it is read as JSON reads it, so that nothing passes here that JSON.parse would refuse.
 */
export function readImageText (reader: Base64Reader): ImageText {
  let careful = false
  let broken = false
  let isFirst = true
  /** Of a character or an escape that was cut. */
  let half: Buffer = Buffer.alloc(0)
  let head = ''

  function writePiece (raw: Buffer): void {
    if (careful || raw.includes(backslash) || raw.readUInt8(raw.length - 1) >= 0x80) {
      careful = true
      const bytes = half.length === 0 ? raw : Buffer.concat([half, raw])
      const end = wholeLength(bytes)
      half = Buffer.from(bytes.subarray(end))
      pass(bytes.subarray(0, end))
    } else {
      careful = !reader.write(raw)
      // The decoder does not look into a data URL's prefix.
      if (careful || isFirst) check(raw)
    }
    isFirst = false
  }

  function pass (raw: Buffer): void {
    const text = check(raw)
    if (text !== undefined) reader.write(Buffer.from(text))
  }

  function check (raw: Buffer): string | undefined {
    if (broken) return undefined
    try {
      return readText(raw)
    } catch {
      broken = true
    }
  }

  return {
    write (raw) {
      if (head.length < previewBytes) head += raw.toString('latin1', 0, previewBytes - head.length)
      for (let at = 0; at < raw.length; at += pieceLength) writePiece(raw.subarray(at, at + pieceLength))
    },
    end () {
      pass(half)
      const bytes = reader.end()
      if (broken) return undefined
      const preview = Buffer.from(head, 'latin1').toString()
      const mediaType = /^\s*data:([^;,]+)/i.exec(preview)?.[1]
      return { mediaType, bytes, preview: length => preview.slice(0, length) }
    }
  }
}
