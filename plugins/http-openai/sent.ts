import { isBodyFile, type BodyFile } from '../_http/body-file.ts'
import { invalidValue, Refusal, shown } from './refusal.ts'

/** Of a file of a body all that this face needs. */
export type SentFile = Pick<BodyFile, 'bytes'>

/** A value as it was sent: of a form texts and files, of a JSON body whatever JSON has. */
export type Sent = string | number | boolean | null | SentFile | readonly Sent[] | { readonly [name: string]: Sent }

export type SentFields = Readonly<Record<string, Sent>>

/** One part of a form. */
export interface Part {
  readonly name: string
  readonly value: string | SentFile
}

/** `provider_options[deep][er][list][]` is the deepest that makes sense. */
const deepest = 5

/** What stands under one name: values of its own, of a list, and of an object. */
interface Branch {
  readonly own: Sent[]
  readonly list: Array<{ readonly at: number, readonly value: Sent }>
  readonly named: Map<string, Branch>
}

const branch = (): Branch => ({ own: [], list: [], named: new Map() })

/**
 * The fields of a form, by the names that OpenAI's libraries give their parts: `a[b]` is b of the object a, `a[]` and `a[0]` are
 * entries of the list a, and so is an `a` that is sent several times.
 * @throws {Refusal} for names that make no sense
 */
export function fieldsOf (parts: readonly Part[]): SentFields {
  const root = branch()
  for (const { name, value } of parts) put(root, pathOf(name), value, name)
  return objectOf(root)
}

function pathOf (name: string): [string, ...string[]] {
  const [, first, rest] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? []
  if (first === undefined || rest === undefined) throw malformed(name)
  const path: [string, ...string[]] = [first, ...[...rest.matchAll(/\[([^\]]*)\]/g)].map(([, key = '']) => key)]
  if (path.length > deepest || path.some(key => ['__proto__', 'constructor', 'prototype'].includes(key))) throw malformed(name)
  return path
}

function put ({ named }: Branch, [first, ...rest]: [string, ...string[]], value: Sent, name: string): void {
  const [key, ...deeper] = rest
  const at = named.get(first) ?? branch()
  named.set(first, at)
  if (key === undefined) {
    at.own.push(value)
  } else if (!/^\d*$/.test(key)) {
    put(at, [key, ...deeper], value, name)
  } else {
    if (deeper.length > 0) throw malformed(name)
    // Parts come in any order: an index says its own, the rest follows as it came.
    at.list.push({ at: key === '' ? Infinity : Number(key), value })
  }
}

function objectOf ({ named }: Branch): { [name: string]: Sent } {
  return Object.fromEntries([...named].map(([name, inner]) => [name, valueOf(inner, name)]))
}

function valueOf (inner: Branch, name: string): Sent {
  const { own, list, named } = inner
  const entries = [...own, ...list.toSorted((a, b) => a.at === b.at ? 0 : a.at - b.at).map(({ value }) => value)]
  if (named.size > 0) {
    if (entries.length > 0) throw invalidValue(name, `'${shown(name)}' is sent both as a value and as an object.`)
    return objectOf(inner)
  }
  const [only] = entries
  return only !== undefined && list.length === 0 && entries.length === 1 ? only : entries
}

function malformed (name: string): Refusal {
  return new Refusal(`'${shown(name)}' is no name for a parameter.`, { param: shown(name), code: 'invalid_parameter_name' })
}

export function isFile (value: Sent | undefined): value is SentFile {
  return isBodyFile(value)
}

export function isList (value: Sent | undefined): value is readonly Sent[] {
  return Array.isArray(value)
}

export function isObject (value: Sent | undefined): value is { readonly [name: string]: Sent } {
  return typeof value === 'object' && value !== null && !isList(value) && !isFile(value)
}

/** Nullable fields of a form come as empty texts. */
export function isAbsent (value: Sent | undefined): value is null | '' | undefined {
  return value === undefined || value === null || value === ''
}
