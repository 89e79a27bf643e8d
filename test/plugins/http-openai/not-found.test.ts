import t from 'tap'
import { buildService } from './service.ts'

t.test('an unknown path, or a known one with another method, is answered in OpenAI\'s envelope', async t => {
  const { app } = await buildService(t)
  const envelope = { type: 'invalid_request_error', param: null }
  for (const url of ['/v1/chat/completions', '/v1/images/generations', '/v1', '/v1/', '/v1/nothing?x=1']) {
    const answer = await app.inject({ method: 'POST', url })
    t.equal(answer.statusCode, 404, url)
    t.match(answer.json(), { error: { ...envelope, code: 'unknown_url', message: `Unknown request URL: POST ${url}.` } })
    t.match(answer.headers['x-request-id'], /^req_/)
  }
  const answer = await app.inject({ url: '/v1/images/edits' })
  t.match(answer, { statusCode: 405, headers: { allow: 'POST' } })
  t.match(answer.json(), { error: { ...envelope, code: 'method_not_allowed', message: 'Not allowed: GET /v1/images/edits. Use POST.' } })
})
