import t from 'tap'
import { createMemoryStore, fingerprintOf } from '../../core/idempotency.ts'
import type { EditInput } from '../../core/request.ts'
import type { SentInput } from '../../core/sent-pictures.ts'

const input: EditInput = {
  operation: 'erase',
  fields: { image: 'a', mask: 'b', background: 'c', lighting: 'd', prompt: 'e', searchPrompt: 'f', selectPrompt: 'g', expansion: 'h' },
  images: [Buffer.from('image')],
  parameters: { seed: 1, steps: 2, list: [1, null] },
  output: { format: 'image/png' },
  route: {}
}
const record = (outcome: string) => ({ fingerprint: 'f', outcome: Promise.resolve(outcome) })

t.test('a fingerprint tells requests apart by every byte, and not by the order of their fields', async t => {
  const same = fingerprintOf({ ...input, parameters: { list: [1, null], steps: 2, seed: 1 } })
  t.equal(fingerprintOf(input), same)
  const others: EditInput[] = [
    { ...input, images: [Buffer.from('imagf')] },
    { ...input, images: [Buffer.from('im'), Buffer.from('age')] },
    { ...input, mask: Buffer.from('x') },
    { ...input, background: Buffer.from('x') },
    { ...input, lighting: Buffer.from('x') },
    { ...input, prompt: 'x' },
    { ...input, parameters: { seed: 2, steps: 2, list: [1, null] } },
    { ...input, route: { provider: 'acme' } }
  ]
  t.equal(new Set([same, ...others.map(fingerprintOf)]).size, others.length + 1)
})

t.test('pictures that are elsewhere are told apart by their addresses', async t => {
  const at = (url: string) => ({ url, field: 'image_url' })
  const requests: SentInput[] = [
    input,
    { ...input, images: [at('https://a.example/1')] },
    { ...input, images: [at('https://a.example/2')] },
    { ...input, images: [Buffer.from('https://a.example/1')] },
    { ...input, images: [at('https://a.example/1'), at('https://a.example/2')] },
    { ...input, images: [at('https://a.example/1\0image at19\0https://a.example/2')] },
    { ...input, mask: at('https://a.example/1') },
    { ...input, background: at('https://a.example/1') }
  ]
  t.equal(new Set(requests.map(fingerprintOf)).size, requests.length)
  t.equal(fingerprintOf({ ...input, images: [at('https://a.example/1')] }), fingerprintOf({ ...input, images: [{ ...at('https://a.example/1') }] }))
})

t.test('what runs is remembered as long as it runs, what is done for its time', async t => {
  let now = 0
  const store = createMemoryStore<string>({ ttlMs: 100, maxBytes: 1000, now: () => now })
  const running = record('a')
  store.begin('a', running)
  now = 500
  t.equal(store.get('a'), running)
  store.finish('a', { keep: true, bytes: 10 })
  now = 599
  t.equal(store.get('a'), running)
  now = 600
  t.equal(store.get('a'), undefined)
})

t.test('what came to nothing is forgotten at once', async t => {
  const store = createMemoryStore<string>({ ttlMs: 100, maxBytes: 1000 })
  store.begin('a', record('a'))
  store.finish('a', { keep: false })
  t.equal(store.get('a'), undefined)
  store.finish('a', { keep: true, bytes: 5 })
  t.equal(store.get('a'), undefined)
})

t.test('what is gone on with is weighed once', async t => {
  const store = createMemoryStore<string>({ ttlMs: 1e9, maxBytes: 25 })
  for (const key of ['a', 'a', 'a', 'b']) {
    store.begin(key, record(key))
    store.finish(key, { keep: true, bytes: 10 })
  }
  t.same(['a', 'b'].map(key => store.get(key) !== undefined), [true, true])
})

t.test('the oldest outcomes make room for new ones, never what runs', async t => {
  const store = createMemoryStore<string>({ ttlMs: 1e9, maxBytes: 25 })
  for (const key of ['running', 'a', 'b', 'c']) {
    store.begin(key, record(key))
    if (key !== 'running') store.finish(key, { keep: true, bytes: 10 })
  }
  t.same(['running', 'a', 'b', 'c'].map(key => store.get(key) !== undefined), [true, false, true, true])
})
