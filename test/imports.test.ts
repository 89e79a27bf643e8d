import { registerHooks } from 'node:module'
import sharp from 'sharp'
import t from 'tap'
import { buildApp, configFrom } from '../core/index.ts'
import { startSandbox } from './vendors/sandbox.ts'

const image = (await sharp({ create: { width: 320, height: 240, channels: 3, background: '#369' } }).png().toBuffer()).toString('base64')

t.test('a request costs no import after the first of its kind', async t => {
  const sandbox = await startSandbox(null)
  t.after(() => sandbox.close())
  const app = await buildApp(configFrom({ logLevel: 'silent' }, { environment: sandbox.environment }))
  t.after(() => app.close())
  const edits = ['local', 'stability', 'wavespeed-qwen', 'huggingface'].map(provider => async () => {
    const operation = provider === 'stability' ? 'search_replace' : 'general_edit'
    const payload = { image_base64: image, operation, prompt: 'sepia', search_prompt: 'sky', provider, fallback: 'none' }
    t.match((await app.inject({ method: 'POST', url: '/api/image-studio/edit/process', payload })).json(), { success: true, provider })
  })
  for (const edit of edits) await edit()
  const loaded: string[] = []
  const hooks = registerHooks({
    load (url, context, next) {
      loaded.push(url)
      return next(url, context)
    }
  })
  t.after(() => hooks.deregister())
  for (const edit of edits) await edit()
  t.same(loaded, [])
  await import('./fixtures/one-call-each.ts')
  t.equal(loaded.length, 1, 'an import is seen')
})
