import { pino } from 'pino'
import t, { type Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import { createUpstreamFactory } from '../../../core/upstream/index.ts'
import { createClassify } from '../../../plugins/wavespeed/errors.ts'
import { createProvider } from '../../../plugins/wavespeed/provider.ts'
import { findLost } from '../../../plugins/wavespeed/recover.ts'
import { createSubmits, inlined } from '../../../plugins/wavespeed/submits.ts'
import { createWavespeedEmulator, type WavespeedEmulatorOptions } from '../../vendors/wavespeed/index.ts'
import { card, contextOf, providerEdit, scriptedUpstream } from './fixtures.ts'

const { signal } = new AbortController()
const path = 'wavespeed-ai/qwen-image/edit-plus'
const submittedAt = Date.parse('2026-09-01T12:00:00Z')
const uploaded = { prompt: 'a green ball', images: ['https://files.example/1'], size: '320*256', seed: -1 }
const withBytes = { ...uploaded, images: [inlined] }
const item = (id: string, inputs?: object, rest: object = {}) =>
  ({ id, model: path, status: 'processing', created_at: '2026-09-01T12:00:01.123456789Z', ...inputs && { inputs }, ...rest })

async function find (items: unknown, { asked = withBytes, exclusiveAccount = false, submits = createSubmits() }: {
  asked?: Readonly<Record<string, unknown>>, exclusiveAccount?: boolean, submits?: ReturnType<typeof createSubmits>
} = {}) {
  const { upstream, calls } = scriptedUpstream({ code: 200, data: items })
  return { found: await findLost({ path, asked, submittedAt, submit: undefined }, { upstream, submits, exclusiveAccount }, signal), calls }
}

t.test('asks for the model\'s tasks since then, free of charge', async t => {
  const { found, calls } = await find({ items: [] })
  t.equal(found, null)
  t.same(calls, [{
    path: '/api/v3/predictions', free: true, body: { json: { page: 1, page_size: 100, model: path, created_after: '2026-09-01T11:59:55.000Z' } }
  }])
})

t.test('takes the task that was asked for the same uploads and settings', async t => {
  const other = { ...uploaded, images: ['https://files.example/2'] }
  t.equal((await find({ items: [item('a', other), item('b', { ...uploaded, output_format: 'png' })] }, { asked: uploaded })).found, 'b')
  t.equal((await find({ items: [{ ...item('b'), input: uploaded }] }, { asked: uploaded })).found, 'b', 'under the other name')
  for (const inputs of [other, { ...uploaded, seed: 7 }, { ...uploaded, prompt: 'x' }, { ...uploaded, images: [] }, { ...uploaded, images: 'x' }, { prompt: 'a green ball' }]) {
    t.equal((await find({ items: [item('a', inputs)] }, { asked: uploaded })).found, null, JSON.stringify(inputs))
  }
  t.equal((await find({ items: [item('a', uploaded), item('b', uploaded)] }, { asked: uploaded })).found, null, 'not two')
})

t.test('takes nobody else\'s task: pictures that went along as bytes cannot be told apart', async t => {
  for (const inputs of [undefined, { ...uploaded, images: ['inline'] }]) t.equal((await find({ items: [item('a', inputs)] })).found, null)
})

t.test('takes the only task that can be meant when nobody else uses the account', async t => {
  const exclusiveAccount = true
  for (const inputs of [undefined, { ...uploaded, images: ['inline'] }]) {
    t.equal((await find({ items: [item('a', inputs)] }, { exclusiveAccount })).found, 'a')
    t.equal((await find({ items: [item('a', inputs), item('b', inputs)] }, { exclusiveAccount })).found, null)
  }
  t.equal((await find({ items: [item('a', { ...uploaded, prompt: 'x' }), item('b', uploaded)] }, { exclusiveAccount })).found, 'b')
  t.equal((await find({ items: [item('a', { ...uploaded, prompt: 'x' })] }, { exclusiveAccount })).found, null)
})

t.test('leaves out tasks that are known, older, of another model or unreadable', async t => {
  const submits = createSubmits()
  submits.accepted(submits.begin(providerEdit(), path, {}), 'known')
  const items = [
    item('known'), item('old', undefined, { created_at: '2026-09-01T11:59:54Z' }), item('undated', undefined, { created_at: 'long ago' }),
    item('other', undefined, { model: 'x' }), item('../../balance'), { id: 'a' }, null
  ]
  t.equal((await find({ items }, { exclusiveAccount: true, submits })).found, null)
  t.equal((await find({ items: [...items, item('a')] }, { exclusiveAccount: true, submits })).found, 'a')
  for (const data of [{ items: 7 }, {}, null, 'x']) t.equal((await find(data, { exclusiveAccount: true })).found, null)
})

t.test('while another call for the model is open, only an upload tells', async t => {
  const submits = createSubmits()
  submits.begin(providerEdit(), path, {})
  t.equal((await find({ items: [item('a')] }, { exclusiveAccount: true, submits })).found, null)
  t.equal((await find({ items: [item('a', uploaded)] }, { exclusiveAccount: true, submits, asked: uploaded })).found, 'a')
})

t.test('a history that cannot be read is an error', async t => {
  const { upstream } = scriptedUpstream(new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'down'))
  await t.rejects(findLost({ path, asked: withBytes, submittedAt, submit: undefined }, { upstream, submits: createSubmits(), exclusiveAccount: true }, signal),
    { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' })
})

/** A provider before the emulator, without a kernel around it: the calls are the test's. */
async function startProvider (t: Test, options: { inlineBytes?: number, exclusiveAccount?: boolean } = {}, emulatorOptions: WavespeedEmulatorOptions = {}) {
  const emulator = await createWavespeedEmulator({ polls: 0, ...emulatorOptions })
  t.after(() => emulator.close())
  const { createUpstream, close } = createUpstreamFactory({
    log: pino({ level: 'silent' }), backoffMs: 1, allowHosts: [new URL(emulator.storage.url).host]
  })
  t.after(close)
  const upstream = createUpstream({
    name: 'wavespeed', baseUrl: emulator.url, headers: { authorization: `Bearer ${emulator.key}` }, classify: createClassify(EditError)
  })
  const create = () => createProvider({
    name: 'wavespeed-some',
    models: [{ path, card, waits: true, inputs: ({ prompt, parameters: { seed = -1 } }, { images }) => ({ prompt, images, seed }) }]
  }, { upstream, EditError, pollMs: 1, inlineBytes: 1_000_000, exclusiveAccount: false, submits: createSubmits(), ...options })
  return { emulator, create, provider: create() }
}

const recovering = () => ({ ...contextOf(), submittedAt: Date.now() })

t.test('a task whose answer was lost is taken up again, and paid once', async t => {
  const cases: Array<[options: object, emulator: WavespeedEmulatorOptions]> = [
    [{ inlineBytes: 0 }, { showInputs: true }],
    [{ exclusiveAccount: true }, { showInputs: true }],
    [{ exclusiveAccount: true }, { showInputs: false }]
  ]
  for (const [options, emulatorOptions] of cases) {
    for (const fault of ['reset_after', 'gateway_timeout']) {
      const { emulator, provider } = await startProvider(t, options, emulatorOptions)
      const edit = providerEdit({ parameters: { seed: 7 } })
      emulator.script.next(1, fault, path)
      await t.rejects(provider.submit(edit, contextOf()), { name: 'EditError', billed: 'maybe' })
      const found = await provider.recover?.(edit, recovering())
      if (found?.state !== 'pending') return t.fail('nothing was found')
      t.match(found.handle, { id: /^[0-9a-f]{32}$/, seed: 7 })
      t.match(await provider.poll?.(found.handle, contextOf()), { state: 'done', result: { seed: 7, images: [{ url: /^http/ }] } })
      t.equal(emulator.spent(), 0.02)
      t.equal(await provider.recover?.(providerEdit(), recovering()), null, 'and by nobody else')
    }
  }
})

t.test('a call that never arrived has no task, whatever else the account does', async t => {
  const { emulator, provider, create } = await startProvider(t, { inlineBytes: 0 }, { showInputs: true })
  const edit = providerEdit()
  emulator.script.next(1, 'reset_before', path)
  await t.rejects(provider.submit(edit, contextOf()), { name: 'EditError', billed: 'maybe' })
  t.equal(await provider.recover?.(edit, recovering()), null)
  await create().submit(providerEdit(), contextOf())
  t.equal(await provider.recover?.(edit, recovering()), null, 'not the one of another instance')
})

t.test('calls that were answered leave nothing to be mixed up with', async t => {
  const { emulator, provider } = await startProvider(t, { exclusiveAccount: true })
  await provider.submit(providerEdit(), contextOf())
  for (const fault of ['task_failed', 'bad_request']) {
    emulator.script.next(1, fault, path)
    await t.rejects(provider.submit(providerEdit(), contextOf()), { name: 'EditError', billed: 'no' })
  }
  t.equal(await provider.recover?.(providerEdit(), recovering()), null, 'their tasks are known')
  const lost = providerEdit()
  emulator.script.next(1, 'reset_after', path)
  await t.rejects(provider.submit(lost, contextOf()))
  t.match(await provider.recover?.(lost, recovering()), { state: 'pending' })
})

t.test('another process takes up a lost task, if nobody else uses the account', async t => {
  const { emulator, provider, create } = await startProvider(t, { exclusiveAccount: true })
  const mask = providerEdit().images[0]
  emulator.script.next(1, 'reset_after', path)
  await t.rejects(provider.submit(providerEdit(), contextOf()))
  t.match(await create().recover?.(providerEdit({ mask }), recovering()), { state: 'pending' })
})

t.test('where the history cannot be read, nothing is found, and it is logged', async t => {
  const { emulator, provider } = await startProvider(t, { exclusiveAccount: true })
  const logged: unknown[] = []
  const context = { ...contextOf(undefined, { warn: (object: unknown) => { logged.push(object) } }), submittedAt: Date.now() }
  for (const fault of ['internal_error', 'hidden:401', 'reset_after']) {
    emulator.script.next(1, fault, 'POST /api/v3/predictions')
    t.equal(await provider.recover?.(providerEdit(), context), null)
  }
  t.equal(logged.length, 3)
})
