import type { Static, TSchema } from '@sinclair/typebox'
import { Ajv, type AnySchema, type ErrorObject } from 'ajv'

export interface Problem {
  /** Where in the value, `a.b.0`; empty for the whole. */
  readonly path: string
  readonly message: string
}

// Not strict: schemas carry keywords of ours, such as `env`.
const shared = { strict: false, allErrors: true } as const
const exact = new Ajv(shared)
const lenient = new Ajv({ ...shared, useDefaults: true, coerceTypes: true })

/** Compiles a schema to a check that lists what is wrong, best first; empty = it fits. The value is left as it is. */
export function compileCheck (schema: AnySchema): (value: unknown) => Problem[] {
  const validate = exact.compile(schema)
  return value => validate(value) ? [] : (validate.errors ?? []).map(asProblem)
}

/**
 * Fits a value to a schema as configuration needs it: defaults are filled in, and text becomes the number or boolean that
 * it spells. Works on a copy.
 * @throws {SchemaError} that lists what is wrong
 */
export function parseWith<T extends TSchema> (schema: T, value: unknown): Static<T>
export function parseWith (schema: AnySchema, value: unknown): unknown
export function parseWith (schema: AnySchema, value: unknown): unknown {
  const copy = structuredClone(value)
  const validate = lenient.compile(schema)
  if (!validate(copy)) throw new SchemaError((validate.errors ?? []).map(asProblem))
  return copy
}

export class SchemaError extends TypeError {
  override readonly name = 'SchemaError'
  readonly problems: readonly Problem[]

  constructor (problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
    this.problems = problems
  }
}

function asProblem ({ instancePath, params, message, keyword }: ErrorObject): Problem {
  const extra: unknown = params.additionalProperty ?? params.missingProperty
  const path = instancePath.slice(1).split('/').filter(Boolean)
  return {
    path: [...path, ...typeof extra === 'string' ? [extra] : []].join('.'),
    message: keyword === 'enum' ? `must be one of ${[params.allowedValues].flat().join(', ')}`
      : keyword === 'additionalProperties' ? 'is not known'
        : keyword === 'required' ? 'is missing'
          : message ?? keyword
  }
}
