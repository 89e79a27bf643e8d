import t from 'tap'
import { buildApp, configFrom } from '../../../core/index.ts'
import { buildService, dataUrl, image, poster } from './service.ts'

t.test('an alias that stands for nobody stops the start', async t => {
  await t.rejects(buildApp(configFrom({ logLevel: 'silent', plugins: { 'http-openai': { modelAliases: { 'gpt-image-1': 'nobody' } } } })), {
    message: /plugins\.http-openai\.modelAliases\.gpt-image-1: "nobody" is no model; known: auto, /
  })
  await t.rejects(buildApp(configFrom({ logLevel: 'silent', plugins: { 'http-openai': { keepAliveMs: 0 } } })), { message: /plugins\.http-openai\.keepAliveMs/ })
})

t.test('what is refused before this API is asked has its envelope and an id too', async t => {
  const { app } = await buildService(t, {}, { overload: { maxInFlight: 1, maxLoopDelayMs: 0, retryAfterMs: 5000 } })
  const post = poster(app)
  const edit = { images: [{ image_url: dataUrl(image) }], prompt: 'a hat' }
  const answers = await Promise.all([post(edit), post(edit), post(edit)])
  const refused = answers.find(({ status }) => status === 503)
  t.match(refused, { headers: { 'retry-after': '5', 'x-request-id': /^req_/ }, body: { error: { type: 'server_error', code: 'overloaded', param: null, retouch: { code: 'EDIT_ERR_OVERLOADED' } } } })
})

t.test('models with slashes in their ids are found with and without escapes', async t => {
  const { app } = await buildService(t, {}, { huggingface: {} })
  for (const id of ['Qwen/Qwen-Image-Edit', 'Qwen%2FQwen-Image-Edit', 'huggingface/black-forest-labs/FLUX.1-Kontext-dev', 'huggingface%2Fblack-forest-labs%2FFLUX.1-Kontext-dev']) {
    const answer = await app.inject({ url: `/v1/models/${id}` })
    t.match(answer.json(), { id: decodeURIComponent(id), object: 'model', owned_by: 'huggingface' }, id)
  }
  t.match((await app.inject({ url: '/v1/models/nobody' })).json(), { error: { code: 'model_not_found', param: 'model' } })
  t.match((await app.inject({ url: '/v1/models' })).json(), { object: 'list' })
})
