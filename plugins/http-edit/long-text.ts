import { isUtf8 } from 'node:buffer'

/**
 * A long string of a JSON body, still as it stands there: an image of many megabytes need not become a JavaScript string
 * on its way to its decoder.
 */
export class LongText {
  readonly #raw: Buffer

  /** @param raw the bytes between the quotes, escapes and all: the body's own memory */
  constructor (raw: Buffer) {
    this.#raw = raw
  }

  /**
   * UTF-8 of the text: without a copy, and without a look at its characters, when nothing in it is escaped.
   * @throws {SyntaxError} when it cannot be the inside of a JSON string
   */
  bytes (): Buffer {
    // PHP writes `\/` for a slash and .NET `\u002B` for a plus: both stand in base64.
    return this.#raw.includes(backslash) ? Buffer.from(this.text()) : this.#raw
  }

  /** @throws {SyntaxError} when it cannot be the inside of a JSON string */
  text (): string {
    return readText(this.#raw)
  }

  /** How it begins in the body. */
  preview (length: number): string {
    return this.#raw.toString('utf8', 0, length)
  }
}

const backslash = 0x5c

/** @throws {SyntaxError} when the bytes cannot be the inside of a JSON string */
export function readText (raw: Buffer): string {
  if (!isUtf8(raw)) throw new SyntaxError('not UTF-8')
  return String(JSON.parse(`"${raw.toString()}"`))
}
