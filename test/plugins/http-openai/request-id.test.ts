import Fastify from 'fastify'
import t from 'tap'
import { tagRequest } from '../../../plugins/http-openai/request-id.ts'

t.test('a request has one id, in its answer and in its log', async t => {
  const lines: string[] = []
  const app = Fastify({ loggerInstance: undefined, logger: { stream: { write: (line: string) => { lines.push(line) } } } })
  t.after(() => app.close())
  app.get('/', async (request, reply) => {
    tagRequest(request, reply)
    tagRequest(request, reply)
    request.log.info('here')
    return 'ok'
  })
  const [one, two] = [await app.inject('/'), await app.inject('/')]
  const id = one.headers['x-request-id']
  t.match(id, /^req_[0-9a-f]{32}$/)
  t.not(id, two.headers['x-request-id'])
  t.match(lines.map(line => JSON.parse(line)).find(({ msg }) => msg === 'here'), { requestId: id })
})
