import { BodyRefusal, refuse } from './refusal.ts'
import { readText } from './json-text.ts'
import type { BodyFile, BodyValue } from './types.ts'

/** What was taken out of a JSON text: the inside of a string. */
export interface Cut {
  /** Bytes between the quotes. */
  readonly length: number
  /** undefined = they cannot be the inside of a JSON string. */
  readonly file: BodyFile | undefined
}

const deepest = 64
const quote = 0x22
const backslash = 0x5c
const literals = [['true', true], ['false', false], ['null', null]] as const

/**
 * Reads a JSON text as JSON.parse does, but for this: a name given twice is refused (one of the two would be lost), and so are
 * names that reach prototypes, and deep nesting.
 *
 * One parser of its own, rather than JSON.parse on a text with placeholders: there is nothing that a caller could forge.
 *
 * @param cuts by the place of their opening quotes, in ascending order; their strings are empty here
 * @throws {BodyRefusal} 422 with the byte where the text breaks off, as Python's json says it; 400 for what is legal but not taken
 */
export function parseSkeleton (skeleton: Buffer, cuts: ReadonlyMap<number, Cut> = new Map()): BodyValue {
  return new Parser(skeleton, cuts).parse()
}

class Parser {
  readonly #body: Buffer
  readonly #cuts: ReadonlyMap<number, Cut>
  #at = 0

  constructor (body: Buffer, cuts: ReadonlyMap<number, Cut>) {
    this.#body = body
    this.#cuts = cuts
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
    if (depth > deepest) throw refuse(`the body is nested deeper than ${deepest} levels`)
    this.#skipSpace()
    const value = this.#bareValue(depth)
    this.#skipSpace()
    return value
  }

  #bareValue (depth: number): BodyValue {
    switch (this.#body[this.#at]) {
      case 0x7b: return this.#object(depth)
      case 0x5b: return this.#array(depth)
      case quote: return this.#cut() ?? this.#text()
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
    if (name === '__proto__') throw forbidden(name)
    if (Object.hasOwn(object, name)) throw refuse(`${JSON.stringify(name)} is given twice`)
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

  #cut (): BodyFile | undefined {
    const cut = this.#cuts.get(this.#at)
    if (cut === undefined) return undefined
    if (cut.file === undefined) throw this.#broken(brokenText)
    this.#at += 2
    return cut.file
  }

  #text (): string {
    const start = this.#at + 1
    const end = this.#closingQuote(start)
    try {
      const text = readText(this.#body.subarray(start, end))
      this.#at = end + 1
      return text
    } catch {
      throw this.#broken(brokenText)
    }
  }

  #closingQuote (start: number): number {
    const body = this.#body
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
    while (isOfNumber(this.#body[end])) end++
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
    while (isSpace(this.#body[this.#at])) this.#at++
  }

  /** Here, as the whole body counts. */
  #broken (error: string): BodyRefusal {
    const before = [...this.#cuts].filter(([at]) => at < this.#at)
    return new BodyRefusal(422, 'BODY_NO_JSON', error, before.reduce((sum, [, { length }]) => sum + length, this.#at))
  }
}

const brokenText = 'Invalid control character, escape or UTF-8 in the string starting at'

function isSpace (byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isOfNumber (byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45)
}

function forbidden (name: string): BodyRefusal {
  return refuse(`"${name}" is no name for a field`)
}
