import type { ImageNode } from './image-paths.ts'
import type { ImageText } from './image-text.ts'
import { parseSkeleton, type Cut } from './json-skeleton.ts'
import { readText, runBefore } from './json-text.ts'
import { tooLarge } from './refusal.ts'
import type { BodyValue } from './types.ts'

/** From this many bytes on, an image's string is decoded and not kept. A data URL's prefix fits, and so does a usual address. */
const longFrom = 1024
/** Of all that is no image, in bytes: read byte by byte, it must stay small. */
const largestSkeleton = 64 * 1024

const quote = 0x22
const backslash = 0x5c

export interface JsonScanner {
  /** The next bytes of the text, cut anywhere. */
  write (chunk: Buffer): void
  /** undefined = there was no text. Throws what parseSkeleton throws. */
  end (): BodyValue | undefined
}

/**
 * Goes through a JSON text as it comes in and takes the long strings out where images stand; what is left, the skeleton, is
 * parsed at the end. The scanner judges nothing: up to the first mistake in the text it finds the strings where the parser
 * finds them too, and behind it the parser does not look.
 *
 * @throws {BodyRefusal} 413 when the skeleton is too large
 */
export function scanJson (root: ImageNode, openImage: () => ImageText): JsonScanner {
  return new Scanner(root, openImage)
}

interface Level {
  /** undefined = no image stands below. */
  readonly node: ImageNode | undefined
  readonly isObject: boolean
  /** The value that comes next. */
  value: ImageNode | undefined
  /** A name comes next. */
  atName: boolean
}

class Scanner {
  readonly #openImage: () => ImageText
  #skeleton = Buffer.allocUnsafeSlow(4096)
  #length = 0
  readonly #cuts = new Map<number, Cut>()
  readonly #levels: Level[] = []
  #level: Level
  /** Place of the opening quote of the string that is being read; -1 = none is. */
  #opened = -1
  /** The string may be an image. */
  #mayBeImage = false
  #escaped = false
  #image: { readonly text: ImageText, length: number } | undefined

  constructor (root: ImageNode, openImage: () => ImageText) {
    this.#openImage = openImage
    this.#level = { node: undefined, isObject: false, value: root, atName: false }
  }

  write (chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#image !== undefined) at = this.#imageBytes(this.#image, chunk, at)
      else at = this.#opened === -1 ? this.#structure(chunk, at) : this.#string(chunk, at)
    }
  }

  end (): BodyValue | undefined {
    if (this.#length === 0) return undefined
    return parseSkeleton(this.#skeleton.subarray(0, this.#length), this.#cuts)
  }

  /** Until a string begins. */
  #structure (chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk.readUInt8(at)
      if (byte === quote) {
        this.#opened = this.#length
        this.#mayBeImage = !this.#level.atName && this.#level.value?.isImage === true
        this.#keep(byte)
        return at + 1
      }
      this.#keep(byte)
      this.#mark(byte)
    }
    return chunk.length
  }

  #mark (byte: number): void {
    const level = this.#level
    switch (byte) {
      case 0x7b: return this.#enter({ node: level.value, isObject: true, value: undefined, atName: true })
      case 0x5b: return this.#enter({ node: undefined, isObject: false, value: level.value?.items, atName: false })
      case 0x7d: case 0x5d:
        this.#level = this.#levels.pop() ?? level
        return
      case 0x2c:
        level.atName = level.isObject
        return
      case 0x3a:
        level.atName = false
    }
  }

  #enter (level: Level): void {
    this.#levels.push(this.#level)
    this.#level = level
  }

  /** Until the string ends, or is long enough to be an image. */
  #string (chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk.readUInt8(at)
      this.#keep(byte)
      if (this.#escaped) this.#escaped = false
      else if (byte === backslash) this.#escaped = true
      else if (byte === quote) {
        this.#close()
        return at + 1
      }
      if (this.#mayBeImage && this.#length - this.#opened > longFrom) {
        this.#takeOut()
        return at + 1
      }
    }
    return chunk.length
  }

  #close (): void {
    const { node, atName } = this.#level
    if (atName && node !== undefined) {
      this.#level.value = node.members.get(nameIn(this.#skeleton.subarray(this.#opened + 1, this.#length - 1)))
    }
    this.#opened = -1
  }

  #takeOut (): void {
    this.#mayBeImage = false
    const head = this.#skeleton.subarray(this.#opened + 1, this.#length)
    if (/^https?:/i.test(head.toString('latin1', 0, 6))) return
    const text = this.#openImage()
    // The skeleton goes on to be written to.
    text.write(Buffer.from(head))
    this.#image = { text, length: head.length }
    this.#length = this.#opened + 1
  }

  /** Until the image's string ends. */
  #imageBytes (image: { readonly text: ImageText, length: number }, chunk: Buffer, from: number): number {
    const end = this.#closingQuote(chunk, from)
    const raw = chunk.subarray(from, end === -1 ? chunk.length : end)
    image.text.write(raw)
    image.length += raw.length
    if (end === -1) return chunk.length
    this.#cuts.set(this.#opened, { length: image.length, file: image.text.end() })
    this.#image = undefined
    this.#opened = -1
    this.#keep(quote)
    return end + 1
  }

  #closingQuote (chunk: Buffer, from: number): number {
    let found = chunk.indexOf(quote, from)
    while (found !== -1 && this.#isEscaped(chunk, found, from)) found = chunk.indexOf(quote, found + 1)
    this.#escaped = found === -1 && this.#isEscaped(chunk, chunk.length, from)
    return found
  }

  #isEscaped (chunk: Buffer, end: number, from: number): boolean {
    const run = runBefore(chunk, end, from)
    // Of a run that began in the chunk before, only the rest is here.
    return (run % 2 === 1) !== (run === end - from && this.#escaped)
  }

  #keep (byte: number): void {
    if (this.#length === largestSkeleton) {
      throw tooLarge(`the body holds more than ${largestSkeleton} bytes beside its images`)
    }
    if (this.#length === this.#skeleton.length) this.#skeleton = Buffer.concat([this.#skeleton], 2 * this.#length)
    this.#skeleton.writeUInt8(byte, this.#length++)
  }
}

function nameIn (raw: Buffer): string {
  try {
    return readText(raw)
  } catch {
    // The parser will say so.
    return ''
  }
}
