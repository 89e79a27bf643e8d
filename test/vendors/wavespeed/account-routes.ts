import { failure, success } from './answers.ts'
import type { Accounts } from './accounts.ts'
import { pageOf, readQuery } from './history.ts'
import type { FieldRule, Model } from './models.ts'
import type { Tasks } from './tasks.ts'
import type { Answer } from '../answer.ts'
import type { Emulator, Exchange } from '../emulator.ts'

interface Parts {
  readonly emulator: Emulator
  readonly accounts: Accounts
  readonly tasks: Tasks
  readonly catalogue: ReadonlyMap<string, Model>
  readonly showInputs: boolean
}

/** Balance, catalogue, prices and history. */
export function accountRoutes ({ emulator, accounts, tasks, catalogue, showInputs }: Parts): void {
  const withKey = (route: (key: string, exchange: Exchange) => Answer) => (exchange: Exchange) => {
    const key = accounts.keyOf(exchange.call.headers)
    return key === undefined ? failure('unauthorized') : route(key, exchange)
  }

  emulator.route('GET', '/api/v3/balance', withKey(key => success({ balance: accounts.balance(key) })))

  emulator.route('GET', '/api/v3/models', withKey(() => success([...catalogue].map(([id, { fields, price }]) => ({
    model_id: id,
    name: id,
    type: 'image-to-image',
    base_price: price({}),
    api_schema: { api_schemas: [{ type: 'model_run', method: 'POST', api_path: `/api/v3/${id}`, request_schema: schemaOf(fields) }] }
  })))))

  emulator.route('POST', '/api/v3/model/price', withKey((_, { body }) => {
    const { model_id: id, inputs } = asRecord(parse(body))
    const model = catalogue.get(String(id))
    if (model === undefined) return failure('not_found', 'model not found')
    const price = model.price(Object.fromEntries(Object.entries(asRecord(inputs)).map(([name, value]) => [name, String(value)])))
    return success({ model_id: id, price, discounted_price: price, discount_rate: 1, currency: 'USD' })
  }))

  emulator.route('POST', '/api/v3/predictions', withKey((key, { call, body }) => {
    const query = readQuery(body)
    if (query === undefined) return failure('bad_request')
    call.fields = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
    const items = tasks.list(key).map(({ inputs, ...task }) => showInputs ? { ...task, inputs } : task)
    return success(pageOf(items, query))
  }))
}

function schemaOf (fields: Readonly<Record<string, FieldRule>>) {
  const isRequired = (rule: FieldRule) => rule.kind === 'image' || rule.kind === 'images' || (rule.kind === 'text' && rule.required === true)
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, rule]) => [name, propertyOf(rule)])),
    required: Object.entries(fields).filter(([, rule]) => isRequired(rule)).map(([name]) => name)
  }
}

function propertyOf (rule: FieldRule) {
  switch (rule.kind) {
    case 'images': return { type: 'array', items: { type: 'string' }, maxItems: rule.max }
    case 'number': return { type: rule.integer ? 'integer' : 'number', minimum: rule.min, maximum: rule.max }
    case 'choice': return { type: 'string', enum: rule.values, default: rule.default }
    case 'size': return { type: 'string', minimum: rule.min, maximum: rule.max }
    case 'boolean': return { type: 'boolean', default: false }
    default: return { type: 'string' }
  }
}

function parse (body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function asRecord (value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
