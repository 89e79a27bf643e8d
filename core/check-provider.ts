import { ModelCard } from './model-card.ts'
import { findProblems } from './schema.ts'

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * Checks what a plugin hands over as a provider; takes unknown because a plugin may be JavaScript.
 * @param options.described it is a description alone, without methods
 * @throws {TypeError} that lists every breach of the contract
 */
export function checkProvider (provider: unknown, { described = false } = {}): void {
  const breaches = findBreaches(provider, described)
  if (breaches.length > 0) throw new TypeError(`breaks the contract of EditProvider v1: ${breaches.join('; ')}`)
}

function findBreaches (provider: unknown, described: boolean): string[] {
  if (typeof provider !== 'object' || provider === null) return ['it is no object']
  const breaches: string[] = []
  const expect = (holds: boolean, breach: string) => { if (!holds) breaches.push(breach) }
  const value = (key: string): unknown => Reflect.get(provider, key)
  const isName = (key: string) => {
    const name = value(key)
    return typeof name === 'string' && kebab.test(name)
  }
  const isOptional = (key: string, holds: (member: unknown) => boolean) => value(key) === undefined || holds(value(key))
  const isFunction = (member: unknown) => typeof member === 'function'

  expect(value('specificationVersion') === 'v1', 'specificationVersion must be "v1"')
  expect(isName('name'), 'name must be kebab-case')
  expect(isName('vendor'), 'vendor must be kebab-case')
  expect(described || isFunction(value('submit')), 'submit must be a function')
  for (const method of ['poll', 'cancel', 'recover']) {
    expect(isOptional(method, isFunction), `${method} must be a function or absent`)
  }
  expect(isOptional('anyModel', member => typeof member === 'boolean'), 'anyModel must be a boolean or absent')
  expect(isOptional('keepsNoBytes', member => typeof member === 'boolean'), 'keepsNoBytes must be a boolean or absent')
  expect(isOptional('priority', member => Number.isFinite(member)), 'priority must be a number or absent')
  expect(isOptional('account', member => typeof member === 'string'), 'account must be a string or absent')
  expect(isOptional('maxConcurrent', member => Number.isInteger(member) && Number(member) >= 1),
    'maxConcurrent must be an integer from 1 or absent')
  breaches.push(...findCardBreaches(value('models')))
  return breaches
}

function findCardBreaches (models: unknown): string[] {
  if (!Array.isArray(models) || models.length === 0) return ['models must hold at least one card']
  const ids = new Set<string>()
  return models.flatMap((card: unknown, index) => {
    const place = `models[${index}]`
    const faults = findProblems(ModelCard, card)
    if (faults.length > 0) return faults.slice(0, 3).map(({ path, message }) => `${place}.${path} ${message}`)
    const checked = card as ModelCard // the schema has just said so
    const breaches = findContradictions(checked).map(breach => `${place} (${checked.id}): ${breach}`)
    if (ids.has(checked.id)) breaches.push(`${place}: the id ${checked.id} stands on another card already`)
    ids.add(checked.id)
    return breaches
  })
}

/** What a schema cannot say: bounds that cross, and prices for resolutions that do not exist. */
function findContradictions ({ inputs, outputs, price, parameters }: ModelCard): string[] {
  const crossed = (low: number | undefined, high: number | undefined, what: string) =>
    low !== undefined && high !== undefined && low > high ? [`${what} has its minimum above its maximum`] : []
  const { size } = outputs
  const resolutions = size.rule === 'ratio' ? Object.keys(size.resolutions) : []
  return [
    ...crossed(inputs.minSide, inputs.maxSide, 'side'),
    ...crossed(inputs.minPixels, inputs.maxPixels, 'pixels'),
    ...crossed(inputs.minAspectRatio, inputs.maxAspectRatio, 'aspect ratio'),
    ...size.rule === 'exact' ? crossed(size.minSide, size.maxSide, 'output side') : [],
    ...Object.entries(parameters).flatMap(([name, rule]) => crossed(rule.minimum, rule.maximum, `parameter ${name}`)),
    ...Object.keys(price.byResolution ?? {})
      .filter(name => !resolutions.includes(name))
      .map(name => `there is a price for the resolution ${name}, which the size rule does not have`)
  ]
}

/** Freezes plain data all the way down: a provider that changes its card later changes nothing. */
export function freezeDeep<T> (value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freezeDeep)
  }
  return value
}
