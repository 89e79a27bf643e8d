import type { Test } from 'tap'
import { errorTable } from '../../core/errors.ts'
import { image, prompt, type Reply, type WireAttempt } from './chain.ts'
import { digest, type Vendor } from './vendor.ts'

/** What is known of a vendor's money, USD. */
export type Ledger = Pick<Vendor, 'spent' | 'orders' | 'calls'>

export interface Spending {
  /** By provider. */
  readonly vendors: Readonly<Record<string, Ledger>>
  readonly policy: 'next' | 'stop'
}

// USD are summed as floating-point numbers.
const rounding = 1e-9

/**
 * What must hold for every request, whatever went wrong: the trail names everybody who was asked and covers all that was charged,
 * nobody was asked after he may have charged, and not more vendors may have charged than the policy lets.
 */
export function problemsOf (reply: Reply, { vendors, policy }: Spending): string[] {
  const { attempts, skipped, status, code, provider } = reply
  const problems: string[] = []
  const winners = attempts.filter(attempt => attempt.code === null)
  if ((status === 200) !== (code === null)) problems.push(`status ${status} with ${code}`)
  if (winners.length !== (status === 200 ? 1 : 0) || (status === 200 && winners[0]?.provider !== provider)) problems.push('the winner is not in the trail')
  for (const [name, vendor] of Object.entries(vendors)) {
    const own = attempts.filter(attempt => attempt.provider === name)
    const reported = own.reduce((sum, { billed, cost_usd: usd }) => billed === 'no' ? sum : sum + usd, 0)
    if (vendor.spent() > reported + rounding) problems.push(`${name} charged ${vendor.spent()}, the trail tells of ${reported}`)
    if (vendor.orders().length > own.length) problems.push(`${name} got ${vendor.orders().length} orders in ${own.length} attempts`)
    const first = own.findIndex(({ billed }) => billed !== 'no')
    if (first !== -1 && first < own.length - 1) problems.push(`${name} was asked again after it may have charged`)
    const inTrail = own.length > 0 || skipped.some(entry => entry.provider === name)
    if (!inTrail && (vendor.calls.length > 0 || !endsEarly(reply))) problems.push(`${name} is not in the trail`)
  }
  const charging = new Set(attempts.filter(({ billed }) => billed !== 'no').map(attempt => attempt.provider))
  if (charging.size > (policy === 'stop' ? 1 : 2)) problems.push(`${charging.size} vendors may have charged`)
  return [...problems, ...attempts.flatMap(wrongIn)]
}

/** Somebody has won, the time is up, or the last error lets nobody else be asked. */
function endsEarly ({ status, code, attempts }: Reply): boolean {
  const last = attempts.at(-1)?.code ?? null
  return status === 200 || code === 'EDIT_ERR_DEADLINE' || (last !== null && errorTable[last].next === 'stop')
}

function wrongIn ({ provider, model, ms, cost_usd: usd, billed, code, message }: WireAttempt): string[] {
  const complete = provider !== '' && model !== '' && ms >= 0 && usd >= 0 && (billed === 'no') === (usd === 0) && (code === null) === (message === null)
  return complete ? [] : [`an attempt at ${provider} is incomplete`]
}

/** Every order got the picture and the words as they were sent; of vendors whose log shows them by their digest. */
export function orderProblems (vendors: Readonly<Record<string, Ledger>>): string[] {
  const sent = digest(image.toString('base64'))
  return Object.entries(vendors).flatMap(([name, vendor]) => vendor.orders()
    .filter(({ fields, charged }) => charged > 0 && fields.image?.length === sent.length && (fields.image !== sent || fields.prompt !== prompt))
    .map(() => `${name} did not get what was sent`))
}

export function checkMoney (t: Test, reply: Reply, spending: Spending): void {
  t.same([...problemsOf(reply, spending), ...orderProblems(spending.vendors)], [])
}
