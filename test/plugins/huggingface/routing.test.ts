import sharp from 'sharp'
import t, { type Test } from 'tap'
import { image, startService } from './fixtures.ts'

const picture = `data:image/png;base64,${image.toString('base64')}`
/** All of it is to be edited. */
const mask = (await sharp({ create: { width: 96, height: 80, channels: 3, background: 'white' } }).png().toBuffer()).toString('base64')
const unseen = 'a green apple'
const adjustment = 'make it black and white'

/** The whole service by HTTP, with Hugging Face and this machine alone to do the work. */
async function start (t: Test, order: Record<string, string[]> = {}) {
  const others = Object.fromEntries(['stability', 'wavespeed-qwen', 'wavespeed-nano-banana', 'wavespeed-seedream'].map(name => [name, false]))
  const { app, emulator, posts } = await startService(t, {}, {}, { order }, others)
  const edit = async (fields: Record<string, unknown>) => {
    const response = await app.inject({
      method: 'POST', url: '/api/image-studio/edit/process', payload: { image_base64: picture, operation: 'general_edit', prompt: unseen, ...fields }
    })
    return { status: response.statusCode, body: response.json() }
  }
  return { app, emulator, posts, edit }
}

t.test('the provider alone is asked for its default model', async t => {
  const { edit, posts } = await start(t)
  t.match(await edit({ provider: 'huggingface' }), {
    status: 200,
    body: { success: true, provider: 'huggingface', image_base64: /^data:image\/png;base64,/, width: 96, height: 80, metadata: { model: 'Qwen/Qwen-Image-Edit', cost_usd: 0.05 } }
  })
  t.match(posts(), [{ path: '/fal-ai/fal-ai/qwen-image-edit', charged: 0.03 }])
})

t.test('a model that no card lists goes to Hugging Face, with or without its name', async t => {
  const { edit, posts, emulator } = await start(t)
  for (const provider of [undefined, 'huggingface']) {
    t.match(await edit({ provider, model: 'black-forest-labs/FLUX.1-Kontext-dev', seed: 7 }), {
      status: 200, body: { provider: 'huggingface', metadata: { model: 'black-forest-labs/FLUX.1-Kontext-dev', warnings: [/^the cost is that of Qwen/] } }
    })
  }
  t.match(posts(), [{}, {}].map(() => ({ path: '/replicate/v1/models/black-forest-labs/flux-kontext-dev/predictions', fields: { 'input.seed': '7' } })))
  t.equal(emulator.hub.calls.length, 1, 'the mapping is remembered')
})

t.test('a model of another provider stays there, whatever provider is named', async t => {
  const { edit, emulator } = await start(t)
  t.match(await edit({ model: 'local-general-edit', prompt: adjustment }), { status: 200, body: { provider: 'local' } })
  t.match(await edit({ provider: 'huggingface', model: 'local-general-edit', prompt: adjustment }), { status: 200, body: { provider: 'local' } })
  t.same([...emulator.calls, ...emulator.hub.calls], [])
})

t.test('a model that nobody can know is refused where only a closed provider is named', async t => {
  const { edit, emulator } = await start(t)
  t.match(await edit({ provider: 'local', model: 'black-forest-labs/FLUX.1-Kontext-dev' }), { status: 422 })
  t.match(await edit({ provider: 'nobody' }), { status: 422 })
  t.same([...emulator.calls, ...emulator.hub.calls], [])
})

t.test('nothing named: the configured order decides, else the providers\' priority', async t => {
  const local = await start(t, { general_edit: ['local', 'huggingface'] })
  t.match(await local.edit({ prompt: adjustment }), { body: { provider: 'local' } })
  // Not in its vocabulary: the next one in the order is asked.
  t.match(await local.edit({}), { status: 200, body: { provider: 'huggingface' } })
  const pinned = await start(t, { general_edit: ['huggingface/black-forest-labs/FLUX.2-dev'] })
  t.match(await pinned.edit({}), { body: { provider: 'huggingface', metadata: { model: 'black-forest-labs/FLUX.2-dev' } } })
  t.match(pinned.posts(), [{ path: '/together/v1/images/generations' }])
  const unordered = await start(t)
  t.match(await unordered.edit({ prompt: adjustment }), { body: { provider: 'huggingface' } })
})

t.test('what is no general edit never comes to Hugging Face', async t => {
  const { edit, emulator } = await start(t)
  t.match(await edit({ operation: 'outpaint', expand_left: 8, prompt: undefined }), { status: 200, body: { provider: 'local', width: 104 } })
  t.match(await edit({ operation: 'outpaint', expand_left: 8, prompt: undefined, provider: 'huggingface' }), { status: 200, body: { provider: 'local' } })
  t.match(await edit({ operation: 'inpaint', mask_base64: picture }), { status: 422 })
  t.same([...emulator.calls, ...emulator.hub.calls], [])
})

t.test('a mask is never lost: who cannot take it is not asked', async t => {
  const { edit, emulator } = await start(t)
  t.match(await edit({ provider: 'huggingface', prompt: adjustment, mask_base64: mask }), { status: 200, body: { provider: 'local' } })
  t.same([...emulator.calls, ...emulator.hub.calls], [])
})

t.test('when Hugging Face cannot, the next one is asked, and the trail says what it cost', async t => {
  const rows = [['monthly_credits', 'EDIT_ERR_PROVIDER_QUOTA', 'no'], ['reset_after', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'], ['cold_start:300', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'no']] as const
  for (const [fault, code, billed] of rows) {
    const { edit, emulator, posts } = await start(t)
    emulator.script.next(1, fault, 'POST')
    t.match(await edit({ provider: 'huggingface', prompt: adjustment }), {
      status: 200,
      body: { provider: 'local', metadata: { attempts: [{ provider: 'huggingface', code, billed }, { provider: 'local', billed: 'no' }] } }
    }, fault)
    t.equal(posts().length, 1)
  }
})

t.test('a refusal for its content is not shopped around', async t => {
  const { edit, emulator } = await start(t)
  emulator.script.next(1, 'fal_policy', 'POST')
  t.match(await edit({ prompt: adjustment }), { status: 422, body: { detail: { code: 'EDIT_ERR_CONTENT_REJECTED' } } })
})

t.test('a model that the Hub does not have is said to be missing, and costs nothing', async t => {
  const { edit, emulator } = await start(t, { '*': ['huggingface'] })
  t.match(await edit({ model: 'no-lab/no-model' }), { status: 422, body: { detail: { message: /Hub does not have the model no-lab\/no-model/ } } })
  t.same(emulator.calls, [])
})
