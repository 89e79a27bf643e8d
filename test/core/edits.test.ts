import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import sharp from 'sharp'
import t from 'tap'
import { configFrom } from '../../core/config.ts'
import { createEdits } from '../../core/edits.ts'
import { createMemoryStore } from '../../core/idempotency.ts'
import { ProviderRegistry } from '../../core/registry.ts'
import { EditRouter, type EditMemory } from '../../core/router.ts'
import { card, noGates, provider } from './fixtures.ts'

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#369' } }).png().toBuffer()
const fields = {
  image: 'image', mask: 'mask', background: 'background', lighting: 'lighting', prompt: 'prompt', searchPrompt: 'search', selectPrompt: 'select', expansion: 'expand'
}
const input = {
  operation: 'general_edit' as const, fields, images: [png], prompt: 'a hat', parameters: {}, output: { format: 'image/png' as const }, route: {}
}

function edits () {
  const registry = new ProviderRegistry()
  const { limits } = configFrom({})
  registry.register(provider({ name: 'first', submit: async ({ images: [{ bytes }] }) => ({ state: 'done', result: { images: [{ bytes }] } }) }))
  registry.register(provider({ name: 'second', models: [card({ operations: ['erase'] })] }))
  registry.quarantine('third', 'broken')
  const router = new EditRouter({ registry, gates: noGates, limits, download: async () => png, deadlineMs: 60_000 })
  return createEdits({ registry, router, order: () => ({ erase: ['second'] }), limits, store: createMemoryStore(configFrom({}).idempotency) })
}

t.test('an edit goes from door to door', async t => {
  const result = await edits().run(input, { signal: new AbortController().signal, log: pino({ level: 'silent' }) })
  t.match(result, { provider: 'first', images: [{ width: 8, height: 6, mediaType: 'image/png' }] })
})

t.test('edits are counted while they run', async t => {
  const service = edits()
  const options = { signal: new AbortController().signal, log: pino({ level: 'silent' }) }
  const running = [service.run(input, options), service.run({ ...input, images: [Buffer.from('none')] }, options)]
  t.equal(service.running(), 2)
  await Promise.allSettled(running)
  t.equal(service.running(), 0)
})

t.test('nothing is asked for a caller who has gone while the images were read', async t => {
  const reason = new Error('gone')
  await t.rejects(edits().run(input, { signal: AbortSignal.abort(reason), log: pino({ level: 'silent' }) }), reason)
})

t.test('pictures are fetched from no address unless whoever builds it says how', async t => {
  await t.rejects(edits().fetchImages([png, { url: 'https://cdn.example/', field: 'image_url' }], { signal: new AbortController().signal }), { code: 'EDIT_ERR_INVALID_REQUEST' })
})

t.test('the time of a request begins before its pictures are fetched', async t => {
  const memory: EditMemory = {
    async fetchImages () {
      await delay(60)
      return [png]
    },
    use: () => () => {}
  }
  const options = { signal: new AbortController().signal, log: pino({ level: 'silent' }), memory }
  const { durationMs } = await edits().run({ ...input, images: [{ url: 'https://cdn.example/', field: 'image_url' }] }, options)
  t.ok(durationMs >= 50)
})

t.test('a request with an address is refused where none is fetched', async t => {
  await t.rejects(edits().plan({ ...input, images: [{ url: 'https://cdn.example/', field: 'image_url' }] }), { code: 'EDIT_ERR_INVALID_REQUEST', details: { field: 'image_url' } })
})

t.test('the memory of a request is used until its edit has ended, however it ends', async t => {
  const used: string[] = []
  const memory: EditMemory = {
    async fetchImages (pictures) {
      used.push('fetched')
      return pictures.map(picture => Buffer.isBuffer(picture) ? picture : png)
    },
    use () {
      used.push('begun')
      return () => { used.push('ended') }
    }
  }
  const options = { signal: new AbortController().signal, log: pino({ level: 'silent' }), memory }
  const byAddress = { ...input, images: [{ url: 'https://cdn.example/', field: 'image_url' }] }
  await edits().run(byAddress, options)
  t.same(used.splice(0), ['begun', 'fetched', 'ended'])
  await t.rejects(edits().run({ ...input, prompt: '' }, options))
  t.same(used.splice(0), ['begun', 'ended'])
  t.match(await edits().plan(byAddress, options), { candidates: [{ model: String }] })
  t.same(used.splice(0), ['fetched'])
  await t.rejects(edits().run({ ...byAddress, route: { provider: 'nobody' } }, options), { code: 'EDIT_ERR_INVALID_REQUEST', details: { field: 'provider' } })
  t.same(used.splice(0), ['begun', 'ended'], 'nothing is fetched for a request that names nobody who is known')
  const service = edits()
  const [first, again] = [await service.run(byAddress, { ...options, idempotencyKey: 'k' }), await service.run(byAddress, { ...options, idempotencyKey: 'k' })]
  t.equal(first, again)
  t.same(used.splice(0), ['begun', 'fetched', 'ended'], 'nor for one whose answer is there')
})

t.test('offers come in the order for an operation, without what the order leaves out', async t => {
  t.same(edits().offers().map(offer => offer.provider), ['first', 'second'])
  t.same(edits().offers('erase').map(offer => offer.provider), ['second'])
})

t.test('a face finds here what it shows', async t => {
  const { operations, operationNames, bodyBytes, decodeBase64, providers } = edits()
  t.equal(operationNames.length, Object.keys(operations).length)
  t.equal(bodyBytes, 64 * 1024 * 1024)
  t.equal(decodeBase64('aGk=', 'x').toString(), 'hi')
  t.same(providers().map(({ status }) => status), ['ready', 'ready', 'quarantined'])
})
