import fc from 'fast-check'
import { jsonAnswer } from '../vendors/answer.ts'
import type { Fault } from '../vendors/faults.ts'
import type { Sabotage } from './line.ts'
import { broken, cut, endless, lost } from './sabotages.ts'

/** What one call meets. */
export type Step =
  | { readonly on: 'vendor', readonly fault: string }
  | { readonly on: 'line', readonly fault: string }

/** A vendor, and what goes wrong with it, call by call. */
export interface VendorPlan {
  readonly jobs: boolean
  readonly mask: boolean
  readonly seed: boolean
  readonly usd: number
  readonly words: readonly string[]
  readonly orders: readonly Step[]
  readonly polls: readonly Step[]
  readonly files: readonly Step[]
}

export interface RequestPlan {
  readonly mask: boolean
  readonly seed: boolean
  readonly maxCostUsd: number | undefined
  /** When the caller leaves, milliseconds. */
  readonly leavesAfterMs: number | undefined
}

export interface Schedule {
  readonly vendors: readonly VendorPlan[]
  readonly requests: readonly RequestPlan[]
  readonly policy: 'next' | 'stop'
  readonly deadlineMs: number
  readonly shortestSliceMs: number
  readonly maxTries: number
  /** Calls of a vendor at once: less than there are requests makes them wait for each other. */
  readonly limit: number
}

const answered = (status: number, headers: Record<string, string> = {}): Fault => ({ instead: jsonAnswer(status, { error: 'as the schedule says' }, headers) })
const instead = (status: number): Fault => ({ change: () => jsonAnswer(status, { error: 'as the schedule says' }) })

/** Whatever the vendor's own server can do wrong. What it says before it has done anything charges nothing; the rest does. */
export const vendorFaults: Readonly<Record<string, string | Fault>> = {
  none: {},
  ...Object.fromEntries([
    'reset_before', 'reset_after', 'hang', 'delay:30', 'delay:200', 'delay:900', 'slow_body:10', 'slow_body:200', 'truncated_body', 'stalled_body',
    'garbage_body', 'empty_200', 'html_200', 'other_json_200', 'wrong_type', 'gateway_timeout'
  ].map(name => [name, name])),
  ...Object.fromEntries([400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429, 500, 503, 529].map(status => [`status ${status}`, answered(status)])),
  ...Object.fromEntries(['0', '1', '86400', '-5', 'soon'].map(value => [`429 for ${value}`, answered(429, { 'retry-after': value })])),
  ...Object.fromEntries([302, 502, 504, 520, 599].map(status => [`lost behind ${status}`, instead(status)])),
  refused: { instead: jsonAnswer(403, { refused: 'before' }) },
  'refused after': { change: () => jsonAnswer(200, { refused: 'after' }) }
}

const { 'a body without end': _, ...cheap } = broken
export const sabotages: Readonly<Record<string, Sabotage>> = { cut, ...lost, ...cheap, ...endless }

// Only an order can be refused before anything is done.
const onVendor = (faults: readonly string[]) => fc.constantFrom(...faults).map((fault): Step => ({ on: 'vendor', fault }))
const onOrder = onVendor(Object.keys(vendorFaults))
const onOther = onVendor(Object.keys(vendorFaults).filter(fault => fault !== 'refused'))
const onLine = fc.constantFrom(...Object.keys(sabotages)).map((fault): Step => ({ on: 'line', fault }))
const well = fc.constant<Step>({ on: 'vendor', fault: 'none' })
const steps = (other: typeof onOrder, maxLength: number) => fc.array(fc.oneof({ weight: 3, arbitrary: other }, { weight: 2, arbitrary: onLine }, { weight: 2, arbitrary: well }), { maxLength })
const mostly = fc.integer({ min: 0, max: 9 }).map(dice => dice > 0)
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 7, nil: undefined }).chain(value => fc.boolean().map(chosen => chosen ? value : undefined))

const vendor: fc.Arbitrary<VendorPlan> = fc.record({
  jobs: fc.boolean(),
  mask: mostly,
  seed: fc.boolean(),
  usd: fc.constantFrom(0.05, 0.02, 0.05, 0),
  words: fc.array(fc.constantFrom('queued', 'running', 'done', 'failed', 'pondering', 'done'), { minLength: 1, maxLength: 5 }),
  orders: steps(onOrder, 4),
  polls: steps(onOther, 4),
  files: steps(onOther, 2)
})

const request: fc.Arbitrary<RequestPlan> = fc.record({
  mask: fc.boolean(),
  seed: fc.boolean(),
  maxCostUsd: sometimes(fc.constantFrom(0.03, 0.05, 0.06)),
  leavesAfterMs: sometimes(fc.integer({ min: 10, max: 600 }))
})

export const schedule: fc.Arbitrary<Schedule> = fc.record({
  vendors: fc.array(vendor, { minLength: 1, maxLength: 3 }),
  requests: fc.array(request, { minLength: 1, maxLength: 3 }),
  policy: fc.constantFrom('next', 'stop'),
  deadlineMs: fc.integer({ min: 400, max: 1500 }),
  shortestSliceMs: fc.integer({ min: 50, max: 400 }),
  maxTries: fc.integer({ min: 1, max: 3 }),
  limit: fc.integer({ min: 1, max: 3 })
})
