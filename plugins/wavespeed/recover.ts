import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Upstream } from '../../core/index.ts'
import { inlined, type Asked, type Submit, type Submits } from './submits.ts'
import { dataIn } from './task.ts'

/** Its inputs are not in the documentation, but the vendor's own clients look for them under both names. */
const Item = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }),
  model: Type.String(),
  created_at: Type.String(),
  inputs: Type.Optional(Type.Unknown()),
  input: Type.Optional(Type.Unknown())
})
type Item = Static<typeof Item>

const Page = Type.Object({ items: Type.Array(Type.Unknown()) })

// The vendor's clock and this one may differ by so much.
const clockMs = 5000

export interface Lost {
  readonly path: string
  readonly asked: Asked
  /** Milliseconds since the epoch. */
  readonly submittedAt: number
  /** The call, when it was this process that made it. */
  readonly submit: Submit | undefined
}

export interface RecoverOptions {
  readonly upstream: Upstream
  readonly submits: Submits
  /** Nobody else uses the account. */
  readonly exclusiveAccount: boolean
}

/**
 * Looks for the task of a call whose answer was lost, in the vendor's history. A wrong one would show somebody another person's
 * picture, so it is taken only
 * - when the vendor shows what it was asked for, that is what this call asked for, and pictures were uploaded, which makes their
 *   addresses unique; or
 * - when nobody else uses the account, and of all its tasks since then it is the only one that can be meant.
 */
export async function findLost (lost: Lost, { upstream, submits, exclusiveAccount }: RecoverOptions, signal: AbortSignal): Promise<string | null> {
  const { path, submittedAt, asked, submit } = lost
  const since = submittedAt - clockMs
  const query = { page: 1, page_size: 100, model: path, created_after: new Date(since).toISOString() }
  const { json } = await upstream.post('/api/v3/predictions', { json: query }, { signal, free: true })
  const page = dataIn(json)
  const items = Value.Check(Page, page) ? page.items.filter(item => Value.Check(Item, item)) : []
  const unknown = items.filter(({ id, model, created_at: at }) => model === path && Date.parse(at) >= since && !submits.isKnown(id))

  const sure = unknown.filter(item => isAskedBy(item, asked) === 'yes')
  if (sure.length > 0) return onlyOne(sure)
  if (!exclusiveAccount || submits.rivals(path, submit) > 0) return null
  return onlyOne(unknown.filter(item => isAskedBy(item, asked) !== 'no'))
}

function onlyOne ([item, ...others]: readonly Item[]): string | null {
  return item !== undefined && others.length === 0 ? item.id : null
}

type Answer = 'yes' | 'no' | 'perhaps'

function isAskedBy ({ inputs, input = inputs }: Item, asked: Asked): Answer {
  return typeof input === 'object' && input !== null ? compare(asked, input) : 'perhaps'
}

/** `perhaps` where a picture went along as bytes: what the vendor shows in its place is not known. */
function compare (asked: unknown, shown: unknown): Answer {
  if (asked === inlined) return 'perhaps'
  if (typeof asked !== 'object' || asked === null) return asked === shown ? 'yes' : 'no'
  if (typeof shown !== 'object' || shown === null) return 'no'
  if (Array.isArray(asked) && Object.keys(asked).length !== Object.keys(shown).length) return 'no'
  const answers = Object.entries(asked).map(([name, value]) => compare(value, Reflect.get(shown, name)))
  return answers.includes('no') ? 'no' : answers.includes('perhaps') ? 'perhaps' : 'yes'
}
