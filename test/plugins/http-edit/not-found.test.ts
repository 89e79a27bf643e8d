import t from 'tap'
import { buildStudio, prefix } from './studio.ts'

t.test('an unknown path is a 404 in the form of this API', async t => {
  const { app } = await buildStudio(t)
  for (const url of [`${prefix}/nothing?x=1`, `${prefix}/edit`, prefix, `${prefix}/`]) {
    const response = await app.inject({ url })
    t.equal(response.statusCode, 404, url)
    t.same(response.json(), { detail: 'Not Found' })
  }
})

t.test('another method on a known path is a 405 that names those there are', async t => {
  const { app } = await buildStudio(t)
  const process = await app.inject({ method: 'GET', url: `${prefix}/edit/process?x=1` })
  t.equal(process.statusCode, 405)
  t.equal(process.headers.allow, 'POST')
  t.same(process.json(), { detail: 'Method Not Allowed' })
  t.equal((await app.inject({ method: 'DELETE', url: `${prefix}/health` })).headers.allow, 'GET, HEAD')
  t.equal((await app.inject({ method: 'OPTIONS', url: `${prefix}/health` })).statusCode, 405)
})
