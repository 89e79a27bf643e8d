/// <reference lib="esnext.typedarrays" />
import { EditError } from '../errors.ts'

/**
 * Decodes an image as callers send it in JSON: plain base64, or a base64 data URL (scheme and `;base64` in any case,
 * parameters allowed; its declared media type is ignored, as the bytes tell the true one).
 *
 * Strict, with these liberties: ASCII whitespace is skipped (RFC 2045 breaks lines), missing padding is accepted, and so is
 * the URL-safe alphabet, but not a mixture of the two. Wrong padding and every other character are refused.
 *
 * @param text as sent: a string, or its bytes as cut out of a request body.
 * @param field the caller's name of the field, for messages.
 * @throws EDIT_ERR_IMAGE_INVALID with `details.field`, and `details.position`: the offset in `text` (UTF-16 code units of a
 * string, bytes of a Buffer; the data URL's prefix counts) of the first character that cannot stand where it stands.
 */
export function decodeBase64 (text: string | Buffer, field: string): Buffer {
  const start = payloadStart(text, field)
  const payload = typeof text === 'string' ? text.slice(start) : text.toString('latin1', start)
  // Not Buffer.from(text, 'base64'): it skips what it does not know, and takes "Ł" for "A", with no sign of either.
  const bytes = Buffer.allocUnsafeSlow(Math.ceil(payload.length / 4) * 3)
  let written
  try {
    written = bytes.setFromBase64(payload, { alphabet: alphabetOf(payload) }).written
  } catch (cause) {
    throw misplaced(text, start + firstFault(payload), field, cause)
  }
  if (written === 0) throw invalid(field, emptyText)
  return bytes.subarray(0, written)
}

/** A data URL's prefix is searched this far: a media type with parameters is short. */
export const longestPrefix = 1024

function payloadStart (text: string | Buffer, field: string): number {
  const { start, problem } = readPrefix(typeof text === 'string' ? text.slice(0, longestPrefix) : text.toString('latin1', 0, longestPrefix))
  if (problem !== undefined) throw invalid(field, problem)
  return start
}

/** Where the base64 begins in a text with these first characters, and what is wrong with its data URL. */
export function readPrefix (head: string): { readonly start: number, readonly problem?: string } {
  if (!/^[\t\n\f\r ]*data:/i.test(head)) return { start: 0 }
  const comma = head.indexOf(',')
  if (comma === -1) return { start: 0, problem: 'is a data URL without a comma before its data' }
  if (!/;[\t\n\f\r ]*base64[\t\n\f\r ]*$/i.test(head.slice(0, comma))) {
    return { start: 0, problem: 'is a data URL without ";base64"; only base64 data URLs are accepted (data:image/png;base64,…)' }
  }
  return { start: comma + 1 }
}

export type Alphabet = 'base64' | 'base64url'

/** The alphabet of the first character that only one of the two has; undefined while there is none. */
export function ownAlphabet (payload: string): Alphabet | undefined {
  const firstOf = (...characters: string[]) =>
    Math.min(...characters.map(character => payload.indexOf(character)).map(at => at === -1 ? Infinity : at))
  const url = firstOf('-', '_')
  const standard = firstOf('+', '/')
  if (url === standard) return undefined
  return url < standard ? 'base64url' : 'base64'
}

function alphabetOf (payload: string): Alphabet {
  return ownAlphabet(payload) ?? 'base64'
}

/** Characters that are decoded at once while a fault is searched. */
const pieceLength = 65536

/** Offset of the first character that cannot stand where it stands; the length when the text ends too early. */
function firstFault (payload: string): number {
  const alphabet = alphabetOf(payload)
  const scratch = Buffer.allocUnsafe(pieceLength)
  let start = 0
  // The decoder skips the good pieces, in whole groups of four: one wrong character among many millions would otherwise
  // hold up every other request for as long as JavaScript takes to walk to it.
  try {
    for (let read = -1; read !== 0; start += read) {
      const piece = payload.slice(start, start + pieceLength)
      if (piece.includes('=')) break
      read = scratch.setFromBase64(piece, { alphabet, lastChunkHandling: 'stop-before-partial' }).read
    }
  } catch {
    // The fault lies in this piece.
  }
  return scan(payload, start, alphabet)
}

/** The same, character by character, from the start of a group of four. */
export function scan (payload: string, start: number, alphabet: Alphabet): number {
  const digit = alphabet === 'base64' ? /[A-Za-z0-9+/]/ : /[A-Za-z0-9_-]/
  let digits = 0
  let padding = 0
  for (let at = start; at < payload.length; at++) {
    const character = payload[at]
    if ('\t\n\f\r '.includes(character)) continue
    if (character === '=') {
      padding++
      if (digits % 4 < 2 || digits % 4 + padding > 4) return at
    } else if (digit.test(character) && padding === 0) {
      digits++
    } else {
      return at
    }
  }
  return payload.length
}

function misplaced (text: string | Buffer, position: number, field: string, cause: unknown): EditError {
  // A character of UTF-8 has at most four bytes.
  const rest = typeof text === 'string' ? text.slice(position, position + 2) : text.toString('utf8', position, position + 4)
  return faultAt(position, rest, field, cause)
}

/** @param rest of the text from the fault on, at least its first character; empty = the text ends there */
export function faultAt (position: number, rest: string, field: string, cause: unknown): EditError {
  const [character] = rest
  return invalid(field, character === undefined
    ? `ends at position ${position} in the middle of its base64; was it cut off?`
    : `character ${JSON.stringify(character)} at position ${position} is not base64`, position, cause)
}

export const emptyText = 'is empty; it must hold an image as base64'

export function invalid (field: string, what: string, position?: number, cause?: unknown): EditError {
  return new EditError('EDIT_ERR_IMAGE_INVALID', `${field}: ${what}`, {
    cause, details: position === undefined ? { field } : { field, position }
  })
}
