import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mock } from 'node:test'
import Fastify from 'fastify'
import pino from 'pino'
import t, { type Test } from 'tap'
import httpResults from '../../../plugins/http-results/index.ts'
import type { Results } from '../../../plugins/http-results/types.ts'

const bytes = Buffer.from('a picture')
const settings = { ttlSeconds: 60, maxBytes: 1_000_000 }
const request = { protocol: 'http', host: 'images.test:3000' } as const
const notFound = { statusCode: 404, headers: { 'cache-control': 'no-store' } }

async function build (t: Test, options: object = {}, logs: Array<Record<string, unknown>> = []) {
  const app = Fastify({ loggerInstance: pino({}, { write: (line: string) => { logs.push(JSON.parse(line)) } }) })
  t.after(() => app.close())
  await app.register(httpResults, { ...settings, ...options })
  const results = app.results as Results // registered above
  return { app, results, get: async (url: string) => await app.inject(url.replace(/^https?:\/\/[^/]+/, '')) }
}

t.test('a kept result is fetched at its address, with its type and as it is', async t => {
  const { results, get, app } = await build(t)
  for (const type of ['image/png', 'image/jpeg', 'image/webp', 'image/avif'] as const) {
    const url = await results.keep(bytes, type, request)
    t.match(url, /^http:\/\/images\.test:3000\/v1\/results\/[\w-]{32}\.\w+\?expires=\d+&signature=[\w-]{43}$/)
    const answer = await get(url)
    t.match(answer, {
      statusCode: 200,
      headers: { 'content-type': type, 'content-length': String(bytes.length), 'cache-control': /^private, max-age=\d+, immutable$/, 'x-content-type-options': 'nosniff' },
      rawPayload: bytes
    })
    t.match(await app.inject({ method: 'HEAD', url: new URL(url).pathname + new URL(url).search }), { statusCode: 200, payload: '' })
  }
})

t.test('the operator says where callers reach the service', async t => {
  const { results, get } = await build(t, { publicUrl: 'https://cdn.test/images/' })
  const url = await results.keep(bytes, 'image/png', request)
  t.match(url, /^https:\/\/cdn\.test\/images\/v1\/results\//)
  t.equal((await get(url.replace('/images', ''))).statusCode, 200)
})

t.test('whatever is wrong with an address, there is nothing', async t => {
  const { results, get } = await build(t)
  const [one, other] = [new URL(await results.keep(bytes, 'image/png', request)), new URL(await results.keep(bytes, 'image/png', request))]
  const expires = one.searchParams.get('expires') ?? ''
  const wrong = [
    one.pathname,
    `${one.pathname}?expires=${expires}`,
    `${one.pathname}?expires=${Number(expires) + 1}&signature=${one.searchParams.get('signature')}`,
    `${one.pathname}?expires=${expires}&expires=${expires}&signature=${one.searchParams.get('signature')}`,
    `${other.pathname}${one.search}`,
    `/v1/results/${'a'.repeat(32)}.png${one.search}`,
    `/v1/results/..%2f..%2fetc%2fpasswd${one.search}`
  ]
  for (const url of wrong) {
    const answer = await get(url)
    t.match(answer, notFound, url)
    t.same(answer.json(), { error: { message: 'There is no such result, or no more.', type: 'invalid_request_error', param: null, code: 'result_not_found' } })
  }
})

t.test('an address ends with its time, and with its file', async t => {
  const directory = t.testdir()
  const { results, get } = await build(t, { directory, ttlSeconds: 10 })
  const url = await results.keep(bytes, 'image/png', request)
  t.equal((await get(url)).statusCode, 200)
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 10_001 })
  t.teardown(() => mock.timers.reset())
  t.match(await get(url), notFound)
  mock.timers.reset()
  const { results: swept, get: fetch } = await build(t, { directory, maxBytes: 1 })
  const gone = await swept.keep(bytes, 'image/png', request)
  const [name = ''] = (await readdir(directory)).filter(file => gone.includes(file))
  await utimes(join(directory, name), 0, 0)
  await swept.keep(bytes, 'image/png', request)
  t.match(await fetch(gone), notFound)
})

t.test('with a key of the operator\'s, addresses outlive the process', async t => {
  const options = { directory: t.testdir(), key: 'k'.repeat(32) }
  const { results } = await build(t, options)
  const url = await results.keep(bytes, 'image/png', request)
  t.match(await (await build(t, options)).get(url), { statusCode: 200, rawPayload: bytes })
  t.match(await (await build(t, { directory: options.directory })).get(url), notFound, 'another key')
})

t.test('what has expired is removed at the start and from time to time, and trouble with that is logged', async t => {
  const directory = t.testdir({ results: {} })
  const folder = join(directory, 'results')
  const old = `${'o'.repeat(32)}.png`
  const put = async () => {
    await writeFile(join(folder, old), bytes)
    await utimes(join(folder, old), 0, 0)
  }
  await put()
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const logs: Array<Record<string, unknown>> = []
  await build(t, { directory: folder }, logs)
  t.same(await readdir(folder), [])
  await put()
  mock.timers.tick(60_000)
  while ((await readdir(folder)).length > 0) await new Promise(resolve => setImmediate(resolve))
  const { rm } = await import('node:fs/promises')
  await rm(folder, { recursive: true })
  mock.timers.tick(60_000)
  while (logs.length === 0) await new Promise(resolve => setImmediate(resolve))
  t.match(logs, [{ msg: 'old results cannot be removed', err: { code: 'ENOENT' } }])
})
