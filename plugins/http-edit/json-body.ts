import { LongText, readText } from './long-text.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'

/** What a JSON body holds; its long strings are left where they are. */
export type BodyValue = string | number | boolean | null | LongText | BodyValue[] | { [name: string]: BodyValue }

/** From this many bytes on, a string stays in the body. */
const longFrom = 4096
/** Of all that is no long string, in bytes: read byte by byte, it must stay small. */
const largestSkeleton = 1024 * 1024
const deepest = 64

const quote = 0x22
const backslash = 0x5c
const literals = [['true', true], ['false', false], ['null', null]] as const

/**
 * Reads a JSON text as JSON.parse does, but for this: strings of 4 KiB and more become `LongText`, a name given twice is
 * refused (one of the two would be lost), and so are names that reach prototypes, deep nesting, and a megabyte of small things.
 *
 * One parser of its own, rather than JSON.parse on a text with placeholders: there is nothing that a caller could forge.
 *
 * @throws {Refusal} 422 with the byte where it breaks off; 400 and 413 for what is legal but not taken
 */
export function parseJsonBody (body: Buffer): BodyValue {
  return new Parser(body).parse()
}

class Parser {
  readonly #body: Buffer
  #at = 0
  /** Bytes of long strings so far. */
  #long = 0

  constructor (body: Buffer) {
    this.#body = body
    // Some clients begin with a byte order mark.
    if (body.subarray(0, 3).equals(Buffer.from('\uFEFF'))) this.#at = 3
  }

  parse (): BodyValue {
    const value = this.#value(0)
    if (this.#at < this.#body.length) throw this.#broken('Extra data')
    return value
  }

  /** A value with the space around it. */
  #value (depth: number): BodyValue {
    if (depth > deepest) throw new Refusal(400, `the body is nested deeper than ${deepest} levels`)
    this.#skipSpace()
    const value = this.#bareValue(depth)
    this.#skipSpace()
    return value
  }

  #bareValue (depth: number): BodyValue {
    switch (this.#body[this.#at]) {
      case 0x7b: return this.#object(depth)
      case 0x5b: return this.#array(depth)
      case quote: return this.#text()
      case 0x74: case 0x66: case 0x6e: return this.#literal()
      default: return this.#number()
    }
  }

  #object (depth: number): BodyValue {
    const object: { [name: string]: BodyValue } = {}
    this.#at++
    this.#skipSpace()
    if (this.#take(0x7d)) return object
    do {
      this.#skipSpace()
      const name = this.#name(object)
      this.#skipSpace()
      if (!this.#take(0x3a)) throw this.#broken("Expecting ':' delimiter")
      const value = this.#value(depth + 1)
      // What is copied from such an object elsewhere would change all objects of the process.
      if (name === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value) throw forbidden('constructor.prototype')
      object[name] = value
    } while (this.#take(0x2c))
    if (!this.#take(0x7d)) throw this.#broken("Expecting ',' delimiter")
    return object
  }

  #name (object: object): string {
    if (this.#body[this.#at] !== quote) throw this.#broken('Expecting property name enclosed in double quotes')
    const name = this.#text()
    if (typeof name !== 'string') throw new Refusal(400, `a name in the body is longer than ${longFrom} bytes`)
    if (name === '__proto__') throw forbidden(name)
    if (Object.hasOwn(object, name)) throw new Refusal(400, `${JSON.stringify(name)} is given twice`)
    return name
  }

  #array (depth: number): BodyValue {
    const array: BodyValue[] = []
    this.#at++
    this.#skipSpace()
    if (this.#take(0x5d)) return array
    do array.push(this.#value(depth + 1)); while (this.#take(0x2c))
    if (!this.#take(0x5d)) throw this.#broken("Expecting ',' delimiter")
    return array
  }

  #text (): string | LongText {
    const start = this.#at + 1
    const end = this.#closingQuote(start)
    const raw = this.#body.subarray(start, end)
    if (raw.length >= longFrom) {
      this.#long += raw.length
      this.#at = end + 1
      return new LongText(raw)
    }
    try {
      const text = readText(raw)
      this.#at = end + 1
      return text
    } catch {
      throw this.#broken('Invalid control character, escape or UTF-8 in the string starting at')
    }
  }

  #closingQuote (start: number): number {
    const body = this.#body
    const first = body.indexOf(quote, start)
    if (first === -1) throw this.#broken('Unterminated string starting at')
    if (first === start || body[first - 1] !== backslash) return first
    // Only a text with an escaped quote, or one that ends in a backslash, is gone through byte by byte.
    for (let at = start; at < body.length; at++) {
      if (body[at] === quote) return at
      if (body[at] === backslash) at++
    }
    throw this.#broken('Unterminated string starting at')
  }

  #literal (): BodyValue {
    for (const [word, value] of literals) {
      if (this.#body.toString('latin1', this.#at, this.#at + word.length) !== word) continue
      this.#at += word.length
      return value
    }
    throw this.#broken('Expecting value')
  }

  #number (): number {
    let end = this.#at
    while (isOfNumber(this.#body[end])) this.#bound(end++)
    const text = this.#body.toString('latin1', this.#at, end)
    if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) throw this.#broken('Expecting value')
    this.#at = end
    return Number(text)
  }

  #take (byte: number): boolean {
    if (this.#body[this.#at] !== byte) return false
    this.#at++
    return true
  }

  #skipSpace (): void {
    while (isSpace(this.#body[this.#at])) this.#bound(this.#at++)
    this.#bound(this.#at)
  }

  #bound (at: number): void {
    if (at - this.#long > largestSkeleton) throw new Refusal(413, `the body holds more than ${largestSkeleton} bytes beside its long strings`)
  }

  #broken (error: string): Refusal {
    return new Refusal(422, [issue('json_invalid', ['body', this.#at], {}, { error })])
  }
}

function isSpace (byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isOfNumber (byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45)
}

function forbidden (name: string): Refusal {
  return new Refusal(400, `"${name}" is no name for a field`)
}
