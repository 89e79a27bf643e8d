import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { startSandbox } from './sandbox.ts'

const root = resolve(import.meta.dirname, '../..')
const image = readFileSync(join(root, 'test/examples/images/meadow.jpg')).toString('base64')

t.test('a gateway with the sandbox\'s environment edits at every vendor, and a broken one is left for the next', async t => {
  const sandbox = await startSandbox(null)
  t.after(() => sandbox.close())
  const app = await buildApp(configFrom({ logLevel: 'silent', maxTries: 1 }, { environment: sandbox.environment }))
  t.after(() => app.close())
  const edit = async (fields: object) => {
    const payload = { image_base64: image, operation: 'general_edit', prompt: 'a red hat', ...fields }
    return (await app.inject({ method: 'POST', url: '/api/image-studio/edit/process', payload })).json()
  }
  for (const provider of ['wavespeed-qwen', 'wavespeed-nano-banana', 'wavespeed-seedream', 'huggingface', 'local']) {
    t.match(await edit({ provider, ...provider === 'local' && { prompt: 'sepia' } }), { success: true, provider })
  }
  t.match(await edit({ operation: 'search_replace', search_prompt: 'car' }), { success: true, provider: 'stability' })
  const post = async (path: string) => (await fetch(sandbox.url + path, { method: 'POST' })).json()
  t.same(await post('/break/wavespeed/unavailable?calls=2'), { vendor: 'wavespeed', fault: 'unavailable', calls: 2 })
  t.match(await edit({}), { provider: 'huggingface', metadata: { attempts: [{ provider: 'wavespeed-qwen', code: String }, { provider: 'huggingface', code: null }] } })
  t.match(await (await fetch(`${sandbox.url}/calls`)).json(), { stability: { spent: 5 }, wavespeed: { calls: [{ method: 'POST', charged: 0.02 }] } })
  t.match(await post('/break/nobody/unavailable'), { error: /no vendor "nobody"; there are: stability/ })
  t.match(await post('/break/stability/boredom'), { error: /boredom/ })
})
