import type { Static, TSchema } from '@sinclair/typebox'

/** JSON Schema as plain data, which a TypeBox schema is too. Keywords beside those of `checks` and the annotations are refused. */
export interface Schema {
  readonly [keyword: string]: unknown
}

export interface Problem {
  /** Where in the value, `a.b.0`; empty for the whole. */
  readonly path: string
  readonly message: string
}

export class SchemaError extends TypeError {
  override readonly name = 'SchemaError'
  readonly problems: readonly Problem[]

  constructor (problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; '))
    this.problems = problems
  }
}

/**
 * Lists what of a value does not fit a schema; empty = it fits. Interpreted, not compiled: each schema here is used a few
 * times at start, and compiling them with Ajv made up a third of the whole start.
 * @throws {TypeError} for a keyword that is not known here: it would not be checked
 */
export function findProblems (schema: Schema, value: unknown, path: readonly string[] = []): Problem[] {
  const types = [schema.type].flat().filter(type => type !== undefined)
  if (types.length > 0 && !types.some(type => isType(value, type))) return [problem(path, `must be ${types.join(' or ')}`)]
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined
    if (check !== undefined) return check(rule, value, path, schema)
    if (!annotations.has(keyword)) throw new TypeError(`the schema keyword "${keyword}" is not supported`)
    return []
  })
}

/**
 * Fits a value to a schema as configuration needs it: defaults are filled in, and text becomes the number or boolean that
 * it spells. Works on a copy.
 * @throws {SchemaError} that lists what is wrong
 */
export function parseWith<T extends TSchema> (schema: T, value: unknown): Static<T>
export function parseWith (schema: Schema, value: unknown): unknown
export function parseWith (schema: Schema, value: unknown): unknown {
  const parsed = complete(schema, structuredClone(value))
  const problems = findProblems(schema, parsed)
  if (problems.length > 0) throw new SchemaError(problems)
  return parsed
}

type Check = (rule: unknown, value: unknown, path: readonly string[], schema: Schema) => Problem[]

const annotations = new Set(['type', 'default', 'description', 'title', 'examples', 'env', 'secret', '$id', '$schema'])

const checks: Readonly<Record<string, Check>> = {
  enum: (legal, value, path) => unless([legal].flat().includes(value), path, `must be one of ${[legal].flat().join(', ')}`),
  const: (legal, value, path) => unless(legal === value, path, `must be ${String(legal)}`),
  minimum: (least, value, path) => unless(!(Number(value) < Number(least)), path, `must be at least ${least}`),
  maximum: (most, value, path) => unless(!(Number(value) > Number(most)), path, `must be at most ${most}`),
  exclusiveMinimum: (bound, value, path) => unless(!(Number(value) <= Number(bound)), path, `must be above ${bound}`),
  minLength: (least, value, path) => unless(typeof value !== 'string' || value.length >= Number(least), path, `must have at least ${least} characters`),
  maxLength: (most, value, path) => unless(typeof value !== 'string' || value.length <= Number(most), path, `must have at most ${most} characters`),
  pattern: (pattern, value, path) => unless(typeof value !== 'string' || new RegExp(String(pattern), 'u').test(value), path, `must look like ${pattern}`),
  minItems: (least, value, path) => unless(!Array.isArray(value) || value.length >= Number(least), path, `must have at least ${least} entries`),
  uniqueItems: (wanted, value, path) =>
    unless(wanted !== true || !Array.isArray(value) || new Set(value).size === value.length, path, 'must not have an entry twice'),
  items: (rule, value, path) =>
    Array.isArray(value) && isRecord(rule) ? value.flatMap((item, index) => findProblems(rule, item, [...path, String(index)])) : [],
  required: (names, value, path) => isRecord(value)
    ? [names].flat().filter(name => !Object.hasOwn(value, String(name))).map(name => problem([...path, String(name)], 'is missing'))
    : [],
  properties: (rules, value, path) => eachProperty(value, path, name => ownRule(rules, name)),
  patternProperties: (rules, value, path) => eachProperty(value, path, name => patternRule(rules, name)),
  additionalProperties: (rule, value, path, { properties, patternProperties }) =>
    eachProperty(value, path, name => (ownRule(properties, name) ?? patternRule(patternProperties, name)) === undefined ? rule : undefined),
  anyOf: (rules, value, path) => {
    const outcomes = [rules].flat().filter(isRecord).map(rule => findProblems(rule, value, path))
    // The branch that comes nearest tells most.
    return outcomes.some(outcome => outcome.length === 0) ? [] : outcomes.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? []
  }
}

function eachProperty (value: unknown, path: readonly string[], ruleOf: (name: string) => unknown): Problem[] {
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const rule = ruleOf(name)
    if (rule === false) return [problem([...path, name], 'is not known')]
    return isRecord(rule) ? findProblems(rule, member, [...path, name]) : []
  })
}

function ownRule (rules: unknown, name: string): unknown {
  return isRecord(rules) && Object.hasOwn(rules, name) ? rules[name] : undefined
}

function patternRule (rules: unknown, name: string): unknown {
  return isRecord(rules) ? Object.entries(rules).find(([pattern]) => new RegExp(pattern, 'u').test(name))?.[1] : undefined
}

function complete (schema: Schema, value: unknown): unknown {
  if (value === undefined && 'default' in schema) return complete(schema, structuredClone(schema.default))
  if (schema.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if ((schema.type === 'integer' || schema.type === 'number') && typeof value === 'string' && value.trim() !== '') {
    return Number.isFinite(Number(value)) ? Number(value) : value
  }
  if (isRecord(value) && isRecord(schema.properties)) {
    for (const [name, rule] of Object.entries(schema.properties)) {
      const member = isRecord(rule) ? complete(rule, value[name]) : value[name]
      if (member !== undefined) value[name] = member
    }
  }
  const { items } = schema
  return Array.isArray(value) && isRecord(items) ? value.map(item => complete(items, item)) : value
}

function isType (value: unknown, type: unknown): boolean {
  switch (type) {
    case 'object': return isRecord(value)
    case 'array': return Array.isArray(value)
    case 'null': return value === null
    case 'integer': return Number.isSafeInteger(value)
    case 'number': return Number.isFinite(value)
    case 'string': return typeof value === 'string'
    case 'boolean': return typeof value === 'boolean'
    default: return false
  }
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function depth (problems: readonly Problem[]): number {
  return Math.max(...problems.map(({ path }) => path === '' ? 0 : path.split('.').length))
}

function problem (path: readonly string[], message: string): Problem {
  return { path: path.join('.'), message }
}

function unless (holds: boolean, path: readonly string[], message: string): Problem[] {
  return holds ? [] : [problem(path, message)]
}
