import { randomInt, randomUUID } from 'node:crypto'
import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import type { Answer } from '../answer.ts'
import type { Emulator, EmulatorCall, Exchange } from '../emulator.ts'
import type { Accounts } from './accounts.ts'
import { noCredits, noPermission, notSupported, unknownToken } from './faults.ts'
import type { Manners } from '../manners.ts'
import type { Files } from './files.ts'
import type { Jobs, Work } from './jobs.ts'
import { servingOf, type HubModels, type Serving } from './models.ts'
import { render, type Picture, type Wish } from './pictures.ts'

/** An answer that ends a request at once. */
export class Refused extends Error {
  readonly answer: Answer

  constructor (answer: Answer) {
    super('refused')
    this.answer = answer
  }
}

/** What is wrong with one field of a body. */
export interface Problem {
  readonly field: string
  readonly message: string
  readonly missing: boolean
}

export interface Desk {
  readonly router: Emulator
  readonly models: HubModels
  readonly accounts: Accounts
  readonly files: Files
  readonly jobs: Jobs
  /** `Prefer: wait` is waited for. */
  readonly waits: boolean
  readonly manners: Manners | undefined
}

export const closed = { additionalProperties: false }
export const Loras = Type.Array(Type.Object({ path: Type.String({ pattern: '^(https://|[\\w.-]+/[\\w.-]+$)' }), scale: Type.Number({ minimum: 0, maximum: 4 }) }, closed), { minItems: 1, maxItems: 3 })

/** A route of the router: it has looked at the token before the route does. */
export function addRoute ({ router, accounts }: Desk, method: 'GET' | 'POST' | 'PUT', path: string, route: (exchange: Exchange & { readonly token: string }) => Answer | Promise<Answer>): void {
  const guarded = async (exchange: Exchange): Promise<Answer> => {
    const token = accounts.tokenOf(exchange.call.headers.authorization)
    if (token === undefined) return unknownToken
    if (!accounts.mayCall(token)) return noPermission
    const { 'x-hf-bill-to': organization } = exchange.call.headers
    if (organization !== undefined && !accounts.mayBill(token, organization)) return noPermission
    return await route({ ...exchange, token })
  }
  router.route(method, path, async exchange => {
    const answer = await guarded(exchange).catch((err: unknown) => {
      if (err instanceof Refused) return err.answer
      throw err
    })
    return { ...answer, headers: { 'x-request-id': `Root=1-${randomUUID().slice(0, 8)}-${randomUUID().slice(24)};${randomUUID()}`, ...answer.headers } }
  })
}

/** The router knows a model by the path or the body's name alone. */
export function findServing ({ models }: Desk, provider: string, providerId: string): Serving {
  const serving = servingOf(models, provider, providerId)
  if (serving === undefined) throw new Refused(notSupported(provider))
  return serving
}

export type Refuse = (problems: readonly Problem[]) => Answer

/** Reads a JSON body by a provider's schema; what breaks it is refused in the provider's own words. */
export function readJson<T extends TSchema> ({ call, body }: Exchange, schema: T, refuse: Refuse): Static<T> {
  const value = parse(body)
  if (!(call.headers['content-type'] ?? '').startsWith('application/json')) throw refusal(refuse, '', 'must come as application/json')
  if (!Value.Check(schema, value)) {
    const errors = [...Value.Errors(schema, value)].map(({ path, message, type }) => ({
      field: path.slice(1).replaceAll('/', '.'), message, missing: type === ValueErrorType.ObjectRequiredProperty
    }))
    throw new Refused(refuse(errors.filter(({ field, missing }, index) => missing || !errors.slice(0, index).some(earlier => earlier.field === field))))
  }
  call.fields = Object.fromEntries(leavesOf(value).map(([name, leaf]) => [name, leaf.length > 200 ? `${leaf.slice(0, 30)}…` : leaf]))
  return value
}

export function refusal (refuse: Refuse, field: string, message: string, missing = false): Refused {
  return new Refused(refuse([{ field, message, missing }]))
}

/** Works, and takes the money for it: what is left must be enough. */
export async function work ({ accounts, manners }: Desk, { call, token }: { readonly call: EmulatorCall, readonly token: string }, { provider, providerId, usd }: Serving, order: {
  readonly picture: Picture
  readonly prompt: string
  readonly seed: number | undefined
  /** Everything else that makes a difference. */
  readonly extras: unknown
} & Pick<Wish, 'format' | 'size'>): Promise<Work> {
  if (accounts.balance(token) < usd) throw new Refused(noCredits)
  const { picture, prompt, seed = randomInt(1, 2 ** 31), extras, format, size } = order
  const text = JSON.stringify([prompt, seed, extras])
  const black = call.fault === 'nsfw'
  const result = await render(picture, { label: `${provider} ${providerId}`, text, format, size, black, manners })
  const failed = call.fault === 'job_fails' || call.fault?.startsWith('hidden_')
  if (!failed) {
    accounts.charge(token, usd)
    call.charged = usd
  }
  return { token, provider, providerId, result, seed, prompt, fault: call.fault }
}

function parse (body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function leavesOf (value: unknown, name = ''): Array<[name: string, text: string]> {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, name === '' ? key : `${name}.${key}`))
}
