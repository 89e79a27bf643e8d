import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { UpstreamAnswer } from '../../../core/index.ts'
import { createMapping, type MappingOptions } from '../../../plugins/huggingface/mapping.ts'
import { json, scripted, signal } from './fixtures.ts'

const live = { status: 'live', task: 'image-to-image' }
const unsupported = { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' }

/** A mapping before a Hub that gives these answers, one after the other. */
function start (answers: ReadonlyArray<UpstreamAnswer | Error>, options: Partial<MappingOptions> = {}) {
  const { upstream: hub, sent } = scripted(...answers)
  const { find } = createMapping({ hub, EditError, provider: 'auto', cacheMs: 600_000, now: () => 0, ...options })
  return { find: (model: string) => find(model, signal), sent }
}

const told = (mapping: unknown) => json({ id: 'a/b', ...mapping === undefined ? {} : { inferenceProviderMapping: mapping } })

t.test('takes the first live provider that edits images, in the order of the answer, in both of its shapes', async t => {
  const entries = [
    { provider: 'nebius', providerId: 'x', ...live },
    { provider: 'wavespeed', providerId: 'w/staging', ...live, status: 'staging' },
    { provider: 'together', providerId: 't/text', ...live, task: 'text-to-image' },
    { provider: 'replicate', providerId: 'r/one:abc', ...live },
    { provider: 'fal-ai', providerId: 'fal-ai/two', ...live }
  ]
  const record = Object.fromEntries(entries.map(({ provider, ...entry }) => [provider, entry]))
  for (const mapping of [entries, record]) {
    const { find, sent } = start([told(mapping)])
    t.same(await find('a/b'), { model: 'a/b', provider: 'replicate', providerId: 'r/one:abc', staging: false })
    t.match(sent, [{ method: 'GET', path: '/api/models/a/b', query: { 'expand[]': 'inferenceProviderMapping' }, signal }])
  }
})

t.test('takes the provider that the operator names, in staging too', async t => {
  const entries = { replicate: { providerId: 'r/one', ...live }, 'fal-ai': { providerId: 'fal-ai/two', ...live, status: 'staging' } }
  t.match(await start([told(entries)], { provider: 'fal-ai' }).find('a/b'), { provider: 'fal-ai', staging: true })
  await t.rejects(start([told(entries)], { provider: 'together' }).find('a/b'), {
    ...unsupported, message: 'a/b is not served by together, but by replicate (live), fal-ai (staging)'
  })
})

t.test('knows the adapters, with the repository of their weights', async t => {
  const lora = { providerId: 'fal-ai/x', ...live, adapter: 'lora', adapterWeightsPath: 'x.safetensors' }
  t.match(await start([told([{ provider: 'fal-ai', hfModelId: 'maker/weights', ...lora }])]).find('a/b'), { lora: { model: 'maker/weights', weights: 'x.safetensors' } })
  t.match(await start([told({ 'fal-ai': lora })]).find('a/b'), { lora: { model: 'a/b' } })
  t.equal((await start([told({ 'fal-ai': { ...lora, adapter: 'other' } })]).find('a/b')).lora, undefined)
  t.equal((await start([told({ 'fal-ai': { ...lora, adapterWeightsPath: undefined } })]).find('a/b')).lora, undefined)
})

t.test('says why a model cannot be asked for, and bills nothing', async t => {
  const rows: Array<[mapping: unknown, message: string]> = [
    [undefined, 'no Inference Provider of Hugging Face serves a/b'],
    [null, 'no Inference Provider of Hugging Face serves a/b'],
    [[], 'no Inference Provider of Hugging Face serves a/b'],
    [{}, 'no Inference Provider of Hugging Face serves a/b'],
    [{ 'fal-ai': { providerId: 'x', ...live, task: 'text-to-image' } }, 'a/b does text-to-image at Hugging Face, not image-to-image'],
    [{ nscale: { providerId: 'x', ...live } }, 'a/b is not served by a provider that can be used here, but by nscale (live)'],
    [{ 'fal-ai': { providerId: 'x', ...live, status: 'staging' } }, 'a/b is not served by a provider that can be used here, but by fal-ai (staging)'],
    // What does not fit the schema is as if it were not there.
    [{ 'fal-ai': null }, 'no Inference Provider of Hugging Face serves a/b'],
    [{ 'fal-ai': 'x' }, 'no Inference Provider of Hugging Face serves a/b'],
    [['x', { provider: 'fal-ai', providerId: 'x' }], 'no Inference Provider of Hugging Face serves a/b'],
    ...['../secret', 'a/../b', '/a', 'a//b', 'a?b', 'a#b', 'a b', 'https://evil.example', ''].map((providerId): [unknown, string] =>
      [{ 'fal-ai': { providerId, ...live } }, 'no Inference Provider of Hugging Face serves a/b'])
  ]
  for (const [mapping, message] of rows) await t.rejects(start([told(mapping)]).find('a/b'), { ...unsupported, message })
  await t.rejects(start([new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', '404')]).find('a/b'), { ...unsupported, message: 'the Hugging Face Hub does not have the model a/b' })
})

t.test('does not ask the Hub for what cannot be a model\'s name', async t => {
  const { find, sent } = start([])
  for (const name of ['', '../../settings', 'a/../b', './a', 'a/b/c', 'a/b?x=1', 'a#b', 'a%2fb', ' a', 'a/.b', `a/${'b'.repeat(97)}`]) {
    await t.rejects(find(name), { ...unsupported, message: /is no name of a model/ }, name)
  }
  t.same(sent, [])
  t.match(await start([told({ 'fal-ai': { providerId: 'x', ...live } })]).find('gpt2'), { model: 'gpt2' })
})

t.test('passes failures of the Hub on, as ones that cost nothing', async t => {
  await t.rejects(start([new EditError('EDIT_ERR_PROVIDER_AUTH', 'bad token')]).find('a/b'), { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no' })
  for (const value of [null, 'x', [], { inferenceProviderMapping: 'x' }]) {
    await t.rejects(start([json(value)]).find('a/b'), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'no', message: 'the Hugging Face Hub answered without a model' })
  }
  const reason = new Error('the caller has gone')
  await t.rejects(start([reason]).find('a/b'), reason)
})

t.test('remembers an answer for its time, and one that there is nobody for a minute at most', async t => {
  let clock = 0
  const one = told({ 'fal-ai': { providerId: 'one', ...live } })
  const two = told({ 'fal-ai': { providerId: 'two', ...live } })
  const { find, sent } = start([one, two, told({}), told({})], { now: () => clock })
  t.match(await find('a/b'), { providerId: 'one' })
  clock = 599_999
  t.match(await find('a/b'), { providerId: 'one' })
  clock = 600_000
  t.match(await find('a/b'), { providerId: 'two' })
  t.equal(sent.length, 2)
  await t.rejects(find('a/c'), unsupported)
  clock += 59_999
  await t.rejects(find('a/c'), unsupported)
  t.equal(sent.length, 3)
  clock += 1
  await t.rejects(find('a/c'), unsupported)
  t.equal(sent.length, 4)
})

t.test('remembers nothing when it is told so', async t => {
  const mapping = told({ 'fal-ai': { providerId: 'one', ...live } })
  const { find, sent } = start([mapping, mapping], { cacheMs: 0 })
  await find('a/b')
  await find('a/b')
  t.equal(sent.length, 2)
})

t.test('goes on with an old answer while the Hub is away, unless there was nobody', async t => {
  let clock = 0
  const away = new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'away')
  const reason = new Error('the caller has gone')
  const { find } = start([told({ 'fal-ai': { providerId: 'one', ...live } }), away, reason, told({}), away], { now: () => clock })
  await find('a/b')
  clock = 700_000
  t.match(await find('a/b'), { providerId: 'one' })
  await t.rejects(find('a/b'), reason)
  await t.rejects(find('a/c'), unsupported)
  clock = 800_000
  await t.rejects(find('a/c'), away)
})

t.test('remembers no more than 500 models, the latest ones', async t => {
  const mapping = told({ 'fal-ai': { providerId: 'one', ...live } })
  const { find, sent } = start(Array.from({ length: 502 }, () => mapping))
  for (let index = 0; index <= 500; index++) await find(`a/${index}`)
  t.equal(sent.length, 501)
  await find('a/1')
  t.equal(sent.length, 501)
  await find('a/0')
  t.equal(sent.length, 502)
})

t.test('asks by a clock of its own when it is given none', async t => {
  const { upstream: hub, sent } = scripted(told({ 'fal-ai': { providerId: 'one', ...live } }))
  const { find } = createMapping({ hub, EditError, provider: 'auto', cacheMs: 600_000 })
  await find('a/b', signal)
  await find('a/b', signal)
  t.equal(sent.length, 1)
})
