import { pino } from 'pino'
import t from 'tap'
import type { EditProvider, JobHandle, ProviderEdit } from '../../core/index.ts'
import { cards } from './broken/sound.ts'
import { createWitness, sealEdit } from './witness.ts'

const edit = (bytes = Buffer.from('image')): ProviderEdit => ({
  operation: 'general_edit',
  model: 'now',
  card: cards.now,
  images: [{ bytes, mediaType: 'image/png', width: 1, height: 1 }],
  lighting: { bytes: Buffer.from('light'), mediaType: 'image/png', width: 1, height: 1 },
  parameters: {},
  output: { format: 'image/png' }
})
const context = { signal: new AbortController().signal, log: pino({ level: 'silent' }), deadlineAt: 0, attemptId: 'one' }
const pending = { state: 'pending', handle: { id: 1 }, pollAfterMs: 1 } as const

/** Its methods need their object, as those of a class do. */
class Provider implements EditProvider {
  readonly specificationVersion = 'v1'
  readonly name = 'acme'
  readonly vendor = 'acme'
  readonly models = [cards.now] as const
  readonly handles: JobHandle[] = []

  async submit () {
    return pending
  }

  async poll (handle: JobHandle) {
    this.handles.push(handle)
    return pending
  }

  async cancel (handle: JobHandle) {
    this.handles.push(handle)
  }

  async recover () {
    return this.handles.length === 0 ? null : pending
  }
}

t.test('hands everything on, and handles as they come back from a store', async t => {
  const provider = new Provider()
  const { watch, submissions } = createWitness()
  const watched = watch(provider)
  t.equal(await watched.submit(edit(), context), pending)
  const handle = { id: 1, since: new Date(0) } as unknown as JobHandle // What a plugin in JavaScript may do.
  t.equal(await watched.poll?.(handle, context), pending)
  await watched.cancel?.(handle, context)
  t.same(provider.handles, [{ id: 1, since: '1970-01-01T00:00:00.000Z' }, { id: 1, since: '1970-01-01T00:00:00.000Z' }])
  t.equal(await watched.recover?.(edit(), { ...context, submittedAt: 0 }), pending)
  t.same(submissions, [pending, pending])
})

t.test('shows the registry all that a provider says of itself', async t => {
  const described = { anyModel: true, priority: 7, account: 'acme-1', maxConcurrent: 3 }
  const provider = Object.assign(new Provider(), described)
  t.match(createWitness().watch(provider), { ...described, specificationVersion: 'v1', name: 'acme', vendor: 'acme', models: [cards.now] })
})

t.test('catches an edit on its way to the provider, which is not asked', async t => {
  const { watch, catchEdit, submits } = createWitness()
  const watched = watch(new Provider())
  const given = edit()
  t.equal(await catchEdit(() => watched.submit(given, context)), given)
  t.same(submits, [])
  await t.rejects(catchEdit(async () => { throw new RangeError('nobody can') }), RangeError)
  t.equal(await watched.submit(given, context), pending)
})

t.test('gives no method that the provider does not have', async t => {
  const { poll, cancel, recover } = createWitness().watch({ ...new Provider(), submit: async () => pending })
  t.same([poll, cancel, recover], [undefined, undefined, undefined])
})

t.test('remembers what was thrown, and throws it', async t => {
  const { watch, errors } = createWitness()
  const failure = new RangeError('no')
  await t.rejects(watch({ ...new Provider(), submit: async () => { throw failure } }).submit(edit(), context), failure)
  t.same(errors, [failure])
})

t.test('freezes an edit and sees bytes that were written to', async t => {
  const bytes = Buffer.from('image')
  const record = sealEdit(edit(bytes))
  t.throws(() => Object.assign(record.edit.parameters, { seed: 1 }), TypeError)
  t.same(record.touched(), [])
  bytes[0] = 0
  record.edit.lighting?.bytes.fill(0)
  t.same(record.touched(), ['image 1', 'lighting'])
})
