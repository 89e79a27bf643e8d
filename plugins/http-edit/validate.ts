import type { TObject, TSchema } from '@sinclair/typebox'
import { alternatives, issue, type Issue } from './pydantic.ts'
import { isBodyFile } from '../_http/body-file.ts'

export type Validated = { readonly value: unknown } | { readonly issues: readonly Issue[] }

/**
 * Holds a request against its schema as Pydantic does in its lax mode, and says what is wrong in its words: numbers may come
 * as text, null is absent where a field is optional, unknown fields stay. Beyond it: an empty text is absent too, true and
 * false are no numbers, and an integer is one that a double can hold.
 *
 * Understands what the schemas of this plugin use: objects, strings (`enum`, `ignoreCase`, `contentEncoding`), numbers and
 * integers (`minimum`, `maximum`), booleans, lists (`items`, `minItems`, `maxItems`), `anyOf` schemas of different types, and
 * fields that are `requiredUnless` one of others holds something. An object without properties may hold anything.
 */
export function validate (schema: TSchema, value: unknown, root: string): Validated {
  // Fastify says null where there is no body; Pydantic calls a null body missing.
  if (value === undefined || value === null) return { issues: [issue('missing', [root], null)] }
  const issues: Issue[] = []
  const checked = check(schema, value, { loc: [root], issues })
  return issues.length === 0 ? { value: checked } : { issues }
}

interface Place {
  readonly loc: Issue['loc']
  readonly issues: Issue[]
}

type Check = (schema: TSchema, value: unknown, place: Place) => unknown

const checks: Readonly<Record<string, Check>> = {
  object: checkObject, string: checkString, integer: checkInteger, number: checkNumber, boolean: checkBoolean, array: checkArray
}

function check (schema: TSchema, value: unknown, place: Place): unknown {
  if (Array.isArray(schema.anyOf)) return checkAny(schema.anyOf, value, place)
  const checkType = checks[schema.type]
  if (checkType === undefined) throw new TypeError(`no check for the type ${schema.type}`)
  return checkType(schema, value, place)
}

function checkObject (schema: TSchema, value: unknown, place: Place): unknown {
  if (!isObject(value)) return fault(place, schema.properties === undefined ? 'dict_type' : 'model_attributes_type', value)
  if (schema.properties === undefined) return plain(value, place)
  const { properties, required = [] } = schema as TObject // It has properties: no other schema has.
  const checked: Record<string, unknown> = { ...value }
  for (const [name, rule] of Object.entries(properties)) {
    const field = { ...place, loc: [...place.loc, name] }
    const sent = Object.hasOwn(value, name) ? value[name] : undefined
    if (required.includes(name) || isMissed(rule, value)) checked[name] = sent === undefined ? fault(field, 'missing', value) : check(rule, sent, field)
    else if (sent === undefined || sent === null || (sent === '' && (rule.type === 'string' || rule.anyOf !== undefined))) delete checked[name]
    else checked[name] = check(rule, sent, field)
  }
  return checked
}

/** `requiredUnless` names lists and texts that may hold something in the field's place. */
function isMissed ({ requiredUnless: names }: TSchema, value: Record<string, unknown>): boolean {
  return Array.isArray(names) && !names.some(name => {
    const other: unknown = Object.hasOwn(value, name) ? value[name] : undefined
    return Array.isArray(other) ? other.length > 0 : typeof other === 'string' && other !== ''
  })
}

/** By the schema of the value's own type; a value of none of their types breaks them all. */
function checkAny (schemas: readonly TSchema[], value: unknown, place: Place): unknown {
  const type = Array.isArray(value) ? 'array' : typeof value
  const own = schemas.find(schema => schema.type === type)
  if (own !== undefined) return check(own, value, place)
  for (const schema of schemas) check(schema, value, place)
}

function checkArray ({ items, minItems = 0, maxItems = Infinity }: TSchema, value: unknown, place: Place): unknown {
  if (!Array.isArray(value)) return fault(place, 'list_type', value)
  const { length } = value
  if (length < minItems) return fault(place, 'too_short', value, { min_length: minItems, actual_length: length })
  if (length > maxItems) return fault(place, 'too_long', value, { max_length: maxItems, actual_length: length })
  return value.map((entry, index) => check(items, entry, { ...place, loc: [...place.loc, index] }))
}

function checkString (schema: TSchema, value: unknown, place: Place): unknown {
  const options: unknown = schema.enum
  if (Array.isArray(options)) {
    const sought = schema.ignoreCase === true && typeof value === 'string' ? value.toLowerCase() : value
    if (options.includes(sought)) return sought
    return fault(place, 'literal_error', value, { expected: alternatives(options) })
  }
  if (isBodyFile(value) && schema.contentEncoding === 'base64') return value
  return typeof value === 'string' ? readString(value, place) : fault(place, 'string_type', value)
}

function readString (text: string, place: Place): unknown {
  // Half a surrogate pair cannot be sent on: UTF-8 has no bytes for it.
  return text.isWellFormed() ? text : fault(place, 'string_unicode', text)
}

function checkInteger (schema: TSchema, value: unknown, place: Place): unknown {
  const number = readNumber(value, /^\s*[+-]?\d+(?:\.0+)?\s*$/)
  if (number === undefined) return fault(place, typeof value === 'string' ? 'int_parsing' : 'int_type', value)
  if (!Number.isFinite(number)) return fault(place, 'finite_number', String(number))
  if (!Number.isInteger(number)) return fault(place, 'int_from_float', value)
  return inRange({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, ...schema }, number, place)
}

function checkNumber (schema: TSchema, value: unknown, place: Place): unknown {
  const number = readNumber(value, /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/)
  if (number === undefined) return fault(place, typeof value === 'string' ? 'float_parsing' : 'float_type', value)
  // JSON has 1e999, but nothing to pass it on with.
  if (!Number.isFinite(number)) return fault(place, 'finite_number', String(number))
  return inRange(schema, number, place)
}

function readNumber (value: unknown, format: RegExp): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && format.test(value) ? Number(value) : undefined
}

function inRange ({ minimum: ge = -Infinity, maximum: le = Infinity }: Partial<TSchema>, number: number, place: Place): unknown {
  if (number < ge) return fault(place, 'greater_than_equal', number, { ge })
  return number > le ? fault(place, 'less_than_equal', number, { le }) : number
}

function checkBoolean (_: TSchema, value: unknown, place: Place): unknown {
  return typeof value === 'boolean' ? value : fault(place, 'bool_type', value)
}

/** Whatever it is, with all its texts read. */
function plain (value: unknown, place: Place): unknown {
  if (typeof value === 'string') return readString(value, place)
  if (typeof value === 'number' && !Number.isFinite(value)) return fault(place, 'finite_number', String(value))
  if (Array.isArray(value)) return value.map((entry, index) => plain(entry, { ...place, loc: [...place.loc, index] }))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry, { ...place, loc: [...place.loc, name] })]))
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isBodyFile(value)
}

function fault ({ loc, issues }: Place, type: Issue['type'], input: unknown, ctx?: Record<string, unknown>): undefined {
  issues.push(issue(type, loc, input, ctx))
}
