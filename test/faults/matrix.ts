import type { Test } from 'tap'
import { errorTable, type Billed, type ErrorCode } from '../../core/errors.ts'
import type { Fault } from '../vendors/faults.ts'
import { serve, type Reply } from './chain.ts'
import { shop, type House, type OpenHouse, type ShopWishes } from './houses.ts'
import { createLine, type Line, type Sabotage } from './line.ts'
import { checkMoney } from './money.ts'
import { createVendor, type Vendor } from './vendor.ts'

/** What a fault of the first vendor comes to. */
export interface Row {
  readonly fault: string
  /** Makes it happen. What it returns is the first vendor's address, when that is another. */
  readonly arrange: (first: { readonly house: House, readonly line: Line, readonly t: Test }) => string | void | Promise<string | void>
  /** Default: the paint shop. */
  readonly house?: OpenHouse
  /** With which each attempt at the first vendor ends; null = it succeeds all the same. */
  readonly code: ErrorCode | null
  /** More than one where nobody can know how far the call got. */
  readonly billed: Billed | readonly Billed[]
  /** Attempts at the first vendor: more than one only where nothing was accepted. Default 1. */
  readonly tries?: number | readonly number[]
  /** Orders that reach it. Default: one for each attempt. */
  readonly orders?: number
  /** Pictures it charges. Default: one, unless the attempt is not billed. */
  readonly charged?: number
  /** Nothing ever comes: it is left when its slice is over, or ends with the deadline when nobody else may be asked. */
  readonly silent?: true
  /** Retry-After of the answer when it is alone, seconds. */
  readonly retryAfter?: string | null
}

const settings = ['next', 'stop', 'alone'] as const
type Setting = typeof settings[number]

const sliceMs = 1000

/** A row under each policy, and as a chain of one. */
export function testRow (t: Test, row: Row): void {
  for (const setting of settings) t.test(`${row.fault}: ${setting}`, { buffered: true }, async t => await check(t, row, setting))
}

async function check (t: Test, row: Row, setting: Setting): Promise<void> {
  const { code, silent = false, house: openHouse = shop() } = row
  const house = await openHouse(t, () => line.url)
  const second = await createVendor(t)
  const line = await createLine(t, house.url)
  const baseUrl = await row.arrange({ house, line, t }) ?? line.url
  const billed = [row.billed].flat()
  const endsHere = code !== null && (setting === 'alone' || errorTable[code].next === 'stop' || (setting === 'stop' && !billed.includes('no')))
  const { edit } = await serve(t, { ...house.plugins(baseUrl), ...setting !== 'alone' && { second: { baseUrl: second.url } } }, {
    order: [house.provider, ...setting === 'alone' ? [] : ['second']],
    afterMaybeBilled: setting === 'stop' ? 'stop' : 'next',
    // The slice of a model that takes long is three quarters of the time.
    ...silent && { shortestSliceMs: sliceMs, deadlineMs: endsHere ? 2 * sliceMs : 6 * sliceMs }
  })
  const reply = await edit(house.fields)

  const { provider, ledger, usd } = house
  checkMoney(t, reply, { vendors: { [provider]: ledger, ...setting !== 'alone' && { second } }, policy: setting === 'stop' ? 'stop' : 'next' })
  const own = reply.attempts.filter(attempt => attempt.provider === provider)
  t.ok(own.every(attempt => attempt.code === code && billed.includes(attempt.billed)), JSON.stringify(own))
  const tries = [row.tries ?? 1].flat()
  t.ok(tries.includes(own.length), `${own.length} attempts`)
  t.equal(ledger.orders().length, row.orders ?? own.length, 'orders that reached the first vendor')
  t.equal(Math.round(ledger.spent() / usd), row.charged ?? (billed.includes('no') ? 0 : 1), 'pictures that the first vendor charged')
  if (code === null) return checkWinner(t, reply, provider, { second, orders: 0 })
  if (!endsHere) return checkWinner(t, reply, 'second', { second, orders: 1 })
  const ending = silent ? 'EDIT_ERR_DEADLINE' : code
  t.match(reply, { status: errorTable[ending].status, code: ending })
  t.equal(second.calls.length, 0, 'the second vendor is not asked')
  if (setting === 'stop') t.match(reply.skipped, errorTable[code].next === 'stop' || silent ? [] : [{ provider: 'second', reason: 'billed' }])
  if (row.retryAfter !== undefined) t.equal(reply.headers.get('retry-after'), row.retryAfter)
}

function checkWinner (t: Test, reply: Reply, winner: string, { second, orders }: { second: Vendor, orders: number }): void {
  const { status, provider, attempts, picture } = reply
  t.match({ status, provider }, { status: 200, provider: winner })
  t.match(attempts.at(-1), { provider: winner, code: null, billed: 'yes' })
  t.ok(picture)
  t.equal(second.orders().length, orders, 'orders that reached the second vendor')
}

/** The vendor's own server answers the first vendor's next calls with this. */
export const meets = (fault: string | Fault, { match = 'POST', count = 9 } = {}): Row['arrange'] => ({ house }) => { house.script.next(count, fault, match) }

/** It happens on the wire. */
export const sabotaged = (sabotage: Sabotage, match = 'POST'): Row['arrange'] => ({ line }) => { line.next(9, sabotage, match) }

/** The same, of a job. */
export const ofJob = (row: Row, wishes: ShopWishes = {}): Row => ({ ...row, fault: `${row.fault}, of a job`, house: shop({ ...wishes, jobs: true }) })
