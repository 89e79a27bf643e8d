/// <reference lib="esnext.typedarrays" />
import { emptyText, faultAt, invalid, longestPrefix, ownAlphabet, readPrefix, scan, type Alphabet } from './base64.ts'

/** Memory that grows at its end: where a reader of a body puts what it reads. */
export interface ByteRoom {
  /** At least so many bytes to write to, behind all that was written. Valid until the next call. */
  free (bytes: number): Buffer
  /** So many of them were written. */
  advance (bytes: number): void
  /** What was written since the last call of `finish`. */
  finish (): Buffer
}

/** Decodes base64 while it comes in. */
export interface Base64Reader {
  /**
   * The next bytes of the text, cut anywhere.
   * @returns true when there was surely neither white space nor a fault among what could be looked at so far
   */
  write (bytes: Buffer): boolean
  /**
   * No more to come. What is returned gives the decoded bytes, and is told the caller's name of the field, for messages.
   * It throws exactly what `decodeBase64` throws for the whole text as bytes.
   */
  end (): (field: string) => Buffer
}

/** Characters that are decoded at once: a fault is searched in so many only, and they stay in the processor's cache. */
const pieceLength = 65536
/** A character of UTF-8 has at most four bytes. */
const longestCharacter = 4

type Failure = (field: string) => Error

/**
 * `decodeBase64` in pieces: the same liberties, the same errors at the same places. Every byte is looked at once, by the
 * decoder itself; characters are only gone through where it has met a fault.
 */
export function readBase64 (room: ByteRoom): Base64Reader {
  /** What may be a data URL's prefix, until there is enough of it to tell. */
  let head: Buffer | undefined = Buffer.alloc(0)
  /** Bytes of the text that are decoded or carried. */
  let position = 0
  /** Digits of a group of four that is not complete. */
  let carry = ''
  let alphabet: Alphabet | undefined
  /** The padding was there: only white space may follow. */
  let padded = false
  let failure: Failure | undefined
  /** Of a character at fault, as far as it has come. */
  let character: Buffer = Buffer.alloc(0)

  function open (bytes: Buffer): boolean {
    head = undefined
    const { start, problem } = readPrefix(bytes.toString('latin1'))
    if (problem !== undefined) failure = field => invalid(field, problem)
    position = start
    return decode(bytes.subarray(start))
  }

  function decode (bytes: Buffer): boolean {
    let plain = true
    for (let at = 0; at < bytes.length;) {
      if (failure !== undefined) return false
      // A group that was cut is completed by itself, so that the many characters behind it need not be copied.
      const end = at + (carry === '' ? pieceLength : Math.max(1, 4 - carry.length))
      const piece = bytes.toString('latin1', at, end)
      plain = take(piece, bytes.subarray(at)) && plain
      at = end
      position += piece.length
    }
    return plain && failure === undefined
  }

  function take (piece: string, bytes: Buffer): boolean {
    const text = carry + piece
    alphabet ??= ownAlphabet(text)
    if (padded) {
      const extra = text.search(/[^\t\n\f\r ]/)
      if (extra !== -1) fail(extra, bytes, new SyntaxError('something follows the padding of the base64'))
      return false
    }
    try {
      const { read, written } = room.free(Math.ceil(text.length / 4) * 3)
        .setFromBase64(text, { alphabet: alphabet ?? 'base64', lastChunkHandling: 'stop-before-partial' })
      room.advance(written)
      carry = text.slice(read).replaceAll(/[\t\n\f\r ]/g, '')
      padded = carry === '' && text.includes('=')
      return written / 3 * 4 + carry.length === text.length
    } catch (cause) {
      fail(scan(text, 0, alphabet ?? 'base64') - carry.length, bytes, cause)
      return false
    }
  }

  function fail (at: number, bytes: Buffer, cause: unknown): void {
    const place = position + at
    character = Buffer.from(bytes.subarray(at, at + longestCharacter))
    failure = field => faultAt(place, character.toString(), field, cause)
  }

  function write (bytes: Buffer): boolean {
    if (head !== undefined) {
      const missing = longestPrefix - head.length
      head = Buffer.concat([head, bytes.subarray(0, missing)])
      if (bytes.length < missing) return true
      const plain = open(head)
      return write(bytes.subarray(missing)) && plain
    }
    if (failure === undefined) return decode(bytes)
    if (character.length > 0) character = Buffer.concat([character, bytes.subarray(0, longestCharacter - character.length)])
    return false
  }

  return {
    write,
    end () {
      if (head !== undefined) open(head)
      if (failure === undefined && carry !== '') {
        try {
          room.advance(room.free(3).setFromBase64(carry, { alphabet: alphabet ?? 'base64' }).written)
        } catch (cause) {
          fail(0, Buffer.alloc(0), cause)
        }
      }
      const bytes = room.finish()
      return field => {
        if (failure !== undefined) throw failure(field)
        if (bytes.length === 0) throw invalid(field, emptyText)
        return bytes
      }
    }
  }
}
