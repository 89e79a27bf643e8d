import t from 'tap'
import { createMemoryJobs } from '../../../plugins/http-jobs/store.ts'

const answer = (bytes: number) => ({ status: 200, headers: {}, body: Buffer.alloc(bytes) })

t.test('a job is there from its begin on, and has its answer from its end on', async t => {
  const store = createMemoryJobs({ ttlMs: 1000, maxBytes: 100 })
  const id = await store.create()
  t.match(await store.get(id), { answer: undefined, createdAt: Number })
  await store.finish(id, answer(3))
  t.match(await store.get(id), { answer: { status: 200 } })
  await store.remove(id)
  t.equal(await store.get(id), undefined)
})

t.test('ids are long and never the same', async t => {
  const store = createMemoryJobs({ ttlMs: 1000, maxBytes: 100 })
  const ids = await Promise.all(Array.from({ length: 100 }, () => store.create()))
  t.equal(new Set(ids).size, 100)
  t.ok(ids.every(id => /^[\w-]{32}$/.test(id)))
})

t.test('a job is kept for a time from its end on, however long it ran', async t => {
  let now = 0
  const store = createMemoryJobs({ ttlMs: 1000, maxBytes: 100, now: () => now })
  const id = await store.create()
  now = 5000
  t.ok(await store.get(id))
  await store.finish(id, answer(1))
  now = 5999
  t.ok(await store.get(id))
  now = 6000
  t.equal(await store.get(id), undefined)
})

t.test('answers that nobody has fetched are not given up: there is no room then', async t => {
  const store = createMemoryJobs({ ttlMs: 1000, maxBytes: 100 })
  const [first, second, third] = await Promise.all([store.create(), store.create(), store.create()])
  await store.finish(first, answer(60))
  t.equal(await store.hasRoom(), true)
  await store.finish(second, answer(60))
  t.equal(await store.hasRoom(), false)
  t.ok(await store.get(first))

  await store.fetched(first)
  t.ok(await store.get(first), 'it may be fetched again while nobody needs the room')
  t.equal(await store.hasRoom(), true)
  t.equal(await store.get(first), undefined)
  await store.finish(third, answer(10))
  t.ok(await store.get(second))
})

t.test('what becomes of a job that was removed meanwhile is of no interest', async t => {
  const store = createMemoryJobs({ ttlMs: 1000, maxBytes: 10 })
  const id = await store.create()
  await store.remove(id)
  await store.finish(id, answer(60))
  await store.fetched(id)
  await store.remove(id)
  t.equal(await store.get(id), undefined)
  t.equal(await store.hasRoom(), true)
})
