/**
 * Random faults at up to three vendors under up to three requests at once: what must hold, holds for each. FAULT_RUNS schedules
 * are made from FAULT_SEED; FAULT_TOLERANCE_MS is how far a request may outlive its deadline on a machine as busy as this one.
 */
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { createVendor, type Vendor } from './vendor.ts'
import { image, post, serve, type Reply } from './chain.ts'
import { createLine, type Line } from './line.ts'
import { problemsOf, type Ledger } from './money.ts'
import { sabotages, schedule, vendorFaults, type RequestPlan, type Schedule, type Step, type VendorPlan } from './schedules.ts'

const runs = Number(process.env.FAULT_RUNS ?? 150)
const seed = Number(process.env.FAULT_SEED ?? 20_261_124)
const toleranceMs = Number(process.env.FAULT_TOLERANCE_MS ?? 2_000)

t.jobs = 6

const names = ['first', 'second', 'third']
const overruns: number[] = []
const statuses = new Map<number, number>()

fc.sample(schedule, { numRuns: runs, seed }).forEach((made, index) => {
  t.test(`schedule ${index}`, { buffered: true }, async t => {
    t.same(await carryOut(t, made), [], JSON.stringify(made))
  })
})

t.test('there was something to see', { buffered: true }, async t => {
  t.comment(`longest overrun ${Math.round(Math.max(...overruns))} ms; ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`)
  t.ok([200, 502, 504].every(status => statuses.has(status)), 'successes, failures and deadlines')
})

async function carryOut (t: Test, { vendors: plans, requests, policy, deadlineMs, shortestSliceMs, maxTries, limit }: Schedule): Promise<string[]> {
  const vendors: Record<string, Vendor> = {}
  const plugins: Record<string, object> = {}
  for (const [index, plan] of plans.entries()) {
    const name = names[index] ?? ''
    const { vendor, line } = await open(t, plan)
    vendors[name] = vendor
    plugins[name] = { baseUrl: line.url, jobs: plan.jobs, mask: plan.mask, seed: plan.seed, usd: plan.usd }
  }
  const { url } = await serve(t, plugins, { deadlineMs, shortestSliceMs, maxTries, afterMaybeBilled: policy, concurrency: { limit } })
  const problems = await Promise.all(requests.map(async (request, index) => {
    const prompt = `edit ${index}`
    const { reply, overrunMs } = await send(url, prompt, request, deadlineMs)
    // What was under way to a vendor arrives.
    await delay(30)
    const ledgers = Object.fromEntries(Object.entries(vendors).map(([name, vendor]) => [name, ofRequest(vendor, prompt)]))
    return [
      ...overrunMs > toleranceMs ? [`${Math.round(overrunMs)} ms past its deadline`] : [],
      ...spendingProblems(ledgers, request, policy),
      ...reply === null ? [] : [...problemsOf(reply, { vendors: ledgers, policy }), ...inputProblems(reply, request, vendors, prompt)]
    ]
  }))
  return problems.flat()
}

async function open (t: Test, plan: VendorPlan): Promise<{ vendor: Vendor, line: Line }> {
  const vendor = await createVendor(t, { usd: plan.usd, words: plan.words, resultUrl: id => `${line.url}/v1/files/${id}.png` })
  const line = await createLine(t, vendor.url)
  for (const [match, steps] of [['POST', plan.orders], ['GET /v1/jobs', plan.polls], ['GET /v1/files', plan.files]] as const) {
    for (const step of steps) arrange(step, match, { vendor, line })
  }
  return { vendor, line }
}

function arrange ({ on, fault }: Step, match: string, { vendor, line }: { vendor: Vendor, line: Line }): void {
  const [met, sabotage] = [vendorFaults[fault], sabotages[fault]]
  if (on === 'vendor' && met !== undefined) vendor.script.next(1, met, match)
  if (on === 'line' && sabotage !== undefined) line.next(1, sabotage, match)
}

/** Without a reply the caller has left before there was one. */
async function send (url: string, prompt: string, request: RequestPlan, deadlineMs: number): Promise<{ reply: Reply | null, overrunMs: number }> {
  const { mask: masked, seed: seeded, maxCostUsd, leavesAfterMs } = request
  const fields = { prompt, ...!masked && { operation: 'general_edit', mask_base64: undefined }, ...seeded && { seed: 7 }, max_cost_usd: maxCostUsd }
  const startedAt = performance.now()
  const reply = await post(url, fields, leavesAfterMs === undefined ? undefined : AbortSignal.timeout(leavesAfterMs)).catch((err: unknown) => {
    if (leavesAfterMs === undefined) throw err
    return null
  })
  const overrunMs = performance.now() - startedAt - deadlineMs
  overruns.push(overrunMs)
  if (reply !== null) statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
  return { reply, overrunMs }
}

function ofRequest ({ orders, calls }: Vendor, prompt: string): Ledger {
  const own = orders().filter(({ fields }) => fields.prompt === prompt)
  return { calls: own.length > 0 ? calls : [], orders: () => own, spent: () => own.reduce((sum, { charged }) => sum + charged, 0) }
}

/** What the vendors took, whatever the trail says of it. */
function spendingProblems (ledgers: Readonly<Record<string, Ledger>>, { maxCostUsd = Infinity }: RequestPlan, policy: string): string[] {
  const spent = Object.values(ledgers).map(ledger => ledger.spent()).filter(usd => usd > 0)
  const twice = Object.entries(ledgers).filter(([, { orders }]) => orders().filter(({ charged }) => charged > 0).length > 1)
  return [
    ...twice.map(([name]) => `${name} was paid twice`),
    ...spent.length > (policy === 'stop' ? 1 : 2) ? [`${spent.length} vendors charged`] : [],
    ...spent.reduce((sum, usd) => sum + usd, 0) > maxCostUsd + 1e-9 ? [`more than $${maxCostUsd} was charged`] : []
  ]
}

/** Whoever won got everything that was sent, or the answer says what not. */
function inputProblems ({ provider, warnings }: Reply, { mask: masked, seed: seeded }: RequestPlan, vendors: Readonly<Record<string, Vendor>>, prompt: string): string[] {
  if (provider === undefined) return []
  const order = vendors[provider]?.accepted.findLast(accepted => accepted.prompt === prompt)
  if (order === undefined) return [`${provider} won without an order`]
  const warned = warnings.some(warning => warning.includes('seed'))
  return [
    ...order.image === image.toString('base64') ? [] : ['another picture'],
    ...(order.mask !== undefined) === masked ? [] : ['the mask was lost'],
    ...seeded && order.seed !== 7 && !warned ? ['the seed was lost without a word'] : []
  ]
}
