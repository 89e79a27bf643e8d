import t from 'tap'
import type { Bench } from './bench.ts'
import type { Cell } from './cells.ts'
import type { Measured } from './gateway.ts'
import { judge } from './gates.ts'
import { madeImage } from './images.ts'
import { faultOf, measure, type Sample } from './measure.ts'
import { requestOf } from './requests.ts'
import { rowsOf } from './table.ts'
import { startUpstream } from './upstream-server.ts'

t.test('the upstream gives the picture back in each wire, and tells whether the one that was sent has arrived', { skip: process.platform === 'linux' ? false : 'there is no /proc' }, async t => {
  const upstream = await startUpstream()
  t.after(() => upstream.stop())
  for (const wire of ['json', 'multipart'] as const) t.equal(await faultOf(upstream, wire, '100k', upstream), undefined)
  const cell = { wire: 'json', size: '100k', concurrency: 2, latencyMs: 0, total: 6 } as const
  const request = requestOf('json', { size: '100k', upstream: upstream.port })
  await upstream.set({ size: '100k', latencyMs: 0 })
  const sample = await measure(upstream, cell, request, upstream)
  t.ok(sample.perSecond > 0 && sample.p50 <= sample.p99 && sample.cpu !== undefined && sample.cpu.total > 0)
  t.notOk('cpu' in await measure({ port: upstream.port }, cell, request, upstream), 'of the upstream alone there is no cost')
  await t.rejects(measure(upstream, { ...cell, size: '1m' }, request, upstream), /holds no picture/)
  t.equal(madeImage('100k').length < 200_000, true)
})

t.test('a system that answers with anything else has a fault, not a number', async t => {
  const upstream = await startUpstream()
  t.after(() => upstream.stop())
  // What is asked is another upstream, so this one gets nothing.
  const stranger = await startUpstream()
  t.after(() => stranger.stop())
  await stranger.set({ size: '100k', latencyMs: 0 })
  t.equal(await faultOf(stranger, 'json', '100k', upstream), 'the upstream got another picture')
  t.equal(await faultOf({ ...stranger, sendsOther: true }, 'json', '100k', upstream), undefined)
  t.equal(await faultOf(stranger, 'json', '1m', upstream), 'another picture than the upstream\'s')
  t.match(await faultOf({ port: 1 }, 'json', '100k', upstream), /ECONNREFUSED/)
})

function sample (changes: Partial<Sample> & { total?: number, pixels?: number }): Sample {
  const { total = 10, pixels = 0, ...rest } = changes
  return { perSecond: 100, p50: 10, p99: 20, cpu: { main: total - pixels, pixels, engine: 0, total }, upstreamCores: 0.1, clientCores: 0.1, ...rest }
}

function cellOf (changes: Partial<Cell> = {}): Cell {
  return { wire: 'json', size: '5m', concurrency: 16, latencyMs: 0, total: 16, ...changes }
}

function judged (measured: readonly Measured[], others: Partial<Parameters<typeof judge>[1]> = {}) {
  const gates: Array<readonly [name: string, isMet: boolean, text: string]> = []
  const bench: Bench = { quick: true, wants: () => true, print: () => {}, keep: () => {}, gate: (...gate) => gates.push(gate) }
  judge(bench, { measured, stalls: {}, memory: [], ...others })
  return gates
}

t.test('a goal is judged by the worst cell, and paired by repetition', async t => {
  const gates = judged([
    { cell: cellOf(), samples: { direct: [sample({})], ungated: [sample({ total: 12, pixels: 4 })], floor: [sample({ total: 10 })] } },
    { cell: cellOf({ size: '1m' }), samples: { direct: [sample({})], ungated: [sample({ total: 20 })], floor: [sample({ total: 10 })] } }
  ])
  t.match(gates, [['G1', false, /×2.00 at json 1m c16 lat0/], ['G1t', false, /×2.00/]])
  const [good] = judged([{
    cell: cellOf(),
    samples: { direct: [], ungated: [sample({ total: 1 }), sample({ total: 30 }), sample({ total: 3 })], floor: [sample({ total: 1 }), sample({ total: 30 }), sample({ total: 2 })] }
  }])
  t.match(good, ['G1', true, /×1.00/])
})

t.test('pixels are left out where the cost of the transport is judged', async t => {
  const gates = judged([{ cell: cellOf(), samples: { direct: [sample({})], ungated: [sample({ total: 30, pixels: 20 })], floor: [sample({})] } }])
  t.match(gates, [['G1', false], ['G1t', true, /×1.00/]])
})

t.test('speed is judged only where neither client nor upstream was the limit', async t => {
  const cells = (naive: Sample): Measured[] => [{ cell: cellOf(), samples: { direct: [sample({})], ungated: [sample({ perSecond: 500 })], naive: [naive] } }]
  t.match(judged(cells(sample({}))), [['G4', true, /×5.00/]])
  t.same(judged(cells(sample({ clientCores: 0.95 }))), [])
  t.match(judged(cells(sample({ perSecond: 200 }))), [['G4', false, /×2.50/]])
})

t.test('latency, forms, memory, stalls and growth each have their goal', async t => {
  const alone = (size: Cell['size'], total: number): Measured =>
    ({ cell: cellOf({ concurrency: 1, size }), samples: { direct: [sample({ p50: 5 })], ungated: [sample({ p50: 7, total })], proxy: [sample({ p50: 9, total: 100 })] } })
  const form: Measured = {
    cell: cellOf({ wire: 'multipart', size: '1m' }), samples: { direct: [sample({})], ungated: [sample({ perSecond: 300 })], portkey: [sample({})] }
  }
  const gates = judged([alone('1m', 1), alone('20m', 40), form], {
    stalls: { ungated: 30, proxy: 10 },
    memory: [{ system: 'ungated', wire: 'json', concurrency: 16, idle: 100, over: 200, inFlight: 80 }, { system: 'naive', wire: 'json', concurrency: 16, idle: 100, over: 900, inFlight: 80 }]
  })
  t.match(gates.map(([name, isMet]) => `${name} ${isMet}`), ['G2 true', 'G2t true', 'G5 false', 'G7 true', 'G8 true', 'G9 false', 'G10 false'])
})

t.test('the service as it comes is held against the same goals, under names of its own', async t => {
  const gates = judged([{ cell: cellOf(), samples: { direct: [sample({})], ungated: [sample({ total: 12 })], retouch: [sample({ total: 40, pixels: 30 })], floor: [sample({ total: 10 })] } }], {
    memory: [{ system: 'retouch', wire: 'json', concurrency: 16, idle: 100, over: 300, inFlight: 80 }]
  })
  t.match(gates, [
    ['G1', true, /^CPU .*×1.20/], ['G1t', true, /×1.20/],
    ['G1d', false, /^looking at results: CPU .*×4.00/], ['G1td', true, /×1.00/], ['G8d', false, /300 MiB/]
  ])
})

t.test('what was not measured is not judged', async t => {
  t.same(judged([{ cell: cellOf(), samples: { direct: [sample({})], ungated: 'status 404', floor: [sample({})] } }]), [])
})

t.test('a cell shows the systems side by side, why one has no number, and who was the limit', async t => {
  const [, title, cpu, , , rate, added] = rowsOf({
    cell: cellOf(),
    samples: {
      direct: [sample({ p50: 4, clientCores: 0.95 })].map(({ cpu, ...rest }) => rest),
      ungated: [sample({ total: 20 })],
      floor: [sample({ total: 10, perSecond: 200 })],
      portkey: 'not installed'
    }
  })
  t.match(title, /^json 5m c16 lat0 +direct \(client-bound\) +ungated +floor +portkey/)
  t.match(cpu, /^CPU per edit +– +20.0 ms +10.0 ms ×2.00 +not installed$/)
  t.match(rate, /^edits a second +100 ×1.00 +100 +200 ×0.50$/)
  t.match(added, /^added p50 +0.0 ms +6.0 ms +6.0 ms ×1.00$/)
})
