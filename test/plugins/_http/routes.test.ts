import Fastify from 'fastify'
import t from 'tap'
import { watchRoutes } from '../../../plugins/_http/routes.ts'

t.test('the methods of a path are known, whatever its query', async t => {
  const app = Fastify()
  t.after(() => app.close())
  const allowedAt = watchRoutes(app)
  app.get('/a', async () => 'a')
  app.route({ url: '/a', method: ['PUT', 'POST'], handler: async () => 'a' })
  await app.ready()
  t.equal(allowedAt('/a?b=/c'), 'GET, HEAD, POST, PUT')
  t.equal(allowedAt('/b'), undefined)
})
