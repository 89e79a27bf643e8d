import type { TSchema } from '@sinclair/typebox'
import { invalidValue, listed, Refusal, shown } from './refusal.ts'
import type { Fields, Wishes } from './schema.ts'
import { isAbsent, isFile, isList, isObject, type Sent, type SentFields } from './sent.ts'

/**
 * The fields that are no images, by their types: everything in a form is text. Nothing is lost: a name that is not known is refused.
 * @throws {Refusal} that names the parameter
 */
export function readWishes ({ properties }: Fields, sent: SentFields): Wishes {
  const entries = Object.entries(sent).filter(([, value]) => !isAbsent(value)).map(([name, value]) => {
    const rule = Object.entries(properties).find(([known]) => known === name)?.[1]
    if (rule === undefined) throw new Refusal(`Unknown parameter: '${shown(name)}'.`, { param: shown(name), code: 'unknown_parameter' })
    return [name, read(rule, value, name)]
  })
  return Object.fromEntries(entries)
}

type Read = (rule: TSchema, value: Sent, name: string) => unknown

const readers: Readonly<Record<string, Read>> = { string: readText, integer: readNumber, number: readNumber, boolean: readFlag, array: readList }

function read (rule: TSchema, value: Sent, name: string): unknown {
  const reader = readers[String(rule.type)]
  if (reader === undefined) throw new TypeError(`no reader for the type ${rule.type}`)
  return reader(rule, value, name)
}

function readText (rule: TSchema, value: Sent, name: string): string {
  if (typeof value !== 'string') throw wrongType(name, 'a string', value)
  // Half a surrogate pair cannot be sent on: UTF-8 has no bytes for it.
  if (!value.isWellFormed()) throw invalidValue(name, `Invalid '${name}': it is no well-formed Unicode.`)
  const options: unknown = rule.enum
  if (Array.isArray(options) && !options.includes(value)) {
    throw invalidValue(name, `Invalid value: '${shown(value)}'. Supported values are: ${listed(options.map(String))}.`)
  }
  return value
}

function readNumber ({ type, minimum = -Infinity, maximum = Infinity }: TSchema, value: Sent, name: string): number {
  const isWhole = type === 'integer'
  const number = typeof value === 'string' ? numberOf(value) : value
  if (typeof number !== 'number' || (isWhole && !Number.isSafeInteger(number))) throw wrongType(name, isWhole ? 'an integer' : 'a number', value)
  const kind = isWhole ? 'integer' : 'decimal'
  if (number < minimum) throw new Refusal(`Invalid '${name}': ${kind} below minimum value. Expected a value >= ${minimum}, but got ${number} instead.`, { param: name, code: `${kind}_below_min_value` })
  if (number > maximum) throw new Refusal(`Invalid '${name}': ${kind} above maximum value. Expected a value <= ${maximum}, but got ${number} instead.`, { param: name, code: `${kind}_above_max_value` })
  return number
}

/** undefined = the text is no number. */
export function numberOf (text: string): number | undefined {
  const number = Number(text)
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(number) ? number : undefined
}

function readFlag (_: TSchema, value: Sent, name: string): boolean {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw wrongType(name, 'a boolean', value)
}

function readList ({ items, maxItems }: TSchema, value: Sent, name: string): unknown[] {
  const list = isList(value) ? value : [value]
  if (list.length > maxItems) throw invalidValue(name, `Invalid '${name}': expected at most ${maxItems} entries, but got ${list.length}.`)
  return list.map(entry => read(items, entry, name))
}

function wrongType (name: string, expected: string, value: Sent): Refusal {
  const got = isList(value) ? 'several values' : isFile(value) ? 'a file' : isObject(value) ? 'an object' : `'${shown(String(value))}'`
  return new Refusal(`Invalid type for '${name}': expected ${expected}, but got ${got} instead.`, { param: name, code: 'invalid_type' })
}
