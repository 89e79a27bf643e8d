import t, { type Test } from 'tap'
import { image, mask, prompt, type WireAttempt } from './chain.ts'
import { servePair, type PairOptions } from './pair.ts'
import { vendorFaults } from './schedules.ts'

t.jobs = 4

const count = 3
const concurrency = { limit: 3, queue: 8 }

/** Three results, where one order meets a fault. */
async function order (t: Test, fault: string, position: number, options: PairOptions) {
  const { first, second, url } = await servePair(t, { ...options, settings: { deadlineMs: fault === 'hang' ? 8000 : 60_000, concurrency } })
  if (position > 0) first.script.next(position, {})
  const step = vendorFaults[fault]
  if (step === undefined) throw new TypeError(`no fault ${fault}`)
  first.script.next(1, step, 'POST')
  const response = await fetch(`${url}/api/image-studio/edit/process`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'inpaint', prompt, image_base64: image.toString('base64'), mask_base64: mask.toString('base64'), seed: 5, n: count })
  })
  // Only read here: what is not there fails the checks.
  const body = await response.json() as { provider: string, images: unknown[], metadata: { attempts: WireAttempt[], delivered: number, requested: number, cost_usd: number, warnings: string[] } }
  return { first, second, status: response.status, body }
}

const faults = ['none', 'reset_before', 'reset_after', 'truncated_body', 'garbage_body', 'empty_200', 'gateway_timeout', 'hang', 'status 401', 'status 402', 'status 422', 'refused']
for (const jobs of [false, true]) {
  for (const fault of faults) {
    t.test(`${fault} at one of three ${jobs ? 'jobs' : 'calls'}: the others are kept, and nobody is paid for the missing one`, { buffered: true }, async t => {
      const { first, second, status, body } = await order(t, fault, jobs ? 1 : 2, { options: { jobs } })
      t.equal(status, 200)
      const { attempts, delivered, requested, cost_usd: cost, warnings } = body.metadata
      t.equal(body.images.length, delivered)
      t.equal(requested, count)
      t.equal(attempts.filter(({ code }) => code === null).length, delivered)
      t.ok(delivered === count || delivered === count - 1, `${delivered} of ${count}`)
      t.equal(delivered < count, warnings.some(text => text.startsWith(`${delivered} of ${count} results`)))
      t.equal(second.calls.length, 0)
      const reported = attempts.reduce((sum, { cost_usd: usd }) => sum + usd, 0)
      t.ok(first.spent() <= reported + 1e-9, `${first.spent()} was charged, the trail tells of ${reported}`)
      t.ok(cost <= reported + 1e-9)
      t.ok(first.orders().length <= attempts.length)
      t.ok(first.orders().filter(({ charged }) => charged > 0).length <= count, 'never more than what was asked for')
      t.equal(new Set(first.accepted.map(({ seed }) => seed)).size, first.accepted.length, 'no seed is paid twice')
    })
  }
}
