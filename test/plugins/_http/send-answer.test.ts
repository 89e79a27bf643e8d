import Fastify from 'fastify'
import t from 'tap'
import { pictureText } from '../../../plugins/_http/picture-text.ts'
import { sendAnswer, type Answer } from '../../../plugins/_http/send-answer.ts'

t.test('an answer is sent whole, with its length, whatever its body is made of', async t => {
  const app = Fastify()
  t.after(() => app.close())
  const bodies: Record<string, Answer['body']> = {
    text: '{"größe":1}', bytes: Buffer.from([1, 2, 254]), picture: pictureText(['{"größe":"', Buffer.alloc(100_000, 7), '"}'])
  }
  app.get<{ Params: { name: string } }>('/:name', async ({ params }, reply) =>
    await sendAnswer(reply, { status: 201, headers: { 'content-type': 'application/json; charset=utf-8', 'x-cost': '1' }, body: bodies[params.name] ?? '' }))
  for (const [name, body] of Object.entries(bodies)) {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : body.join()
    const answer = await app.inject(`/${name}`)
    t.match(answer, { statusCode: 201, headers: { 'x-cost': '1', 'content-length': String(bytes.length) } }, name)
    t.ok(answer.rawPayload.equals(bytes), name)
    t.equal(answer.headers['transfer-encoding'], undefined)
  }
})
