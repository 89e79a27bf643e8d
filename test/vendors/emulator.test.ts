import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { bytesAnswer, jsonAnswer } from './answer.ts'
import { createEmulator, type EmulatorOptions } from './emulator.ts'
import type { Fault } from './faults.ts'

const picture = Buffer.from('a picture of eighty bytes, more or less: '.repeat(2))

/** One paid route, `POST /edit/:model`. */
async function start (t: Test, options?: EmulatorOptions) {
  const emulator = createEmulator(options)
  t.after(() => emulator.close())
  emulator.route('POST', '/edit/:model', ({ call, params, body }) => {
    if (params.model === 'broken') throw new Error('a mistake in the route')
    call.fields = { body: body.toString() }
    call.charged = 3
    return bytesAnswer(200, 'image/png', picture, { 'x-model': params.model ?? '' })
  })
  await emulator.listen()
  const post = async (body = '', path = '/edit/a?size=2') => await fetch(emulator.url + path, { method: 'POST', body })
  return { ...emulator, url: emulator.url, post }
}

t.test('answers with what the route says, and logs the call with what it cost', async t => {
  const { post, calls, spent } = await start(t)
  const response = await post('hello')
  t.equal(response.status, 200)
  t.equal(response.headers.get('x-model'), 'a')
  t.same(Buffer.from(await response.arrayBuffer()), picture)
  t.match(calls, [{
    method: 'POST',
    path: '/edit/a',
    query: { size: '2' },
    headers: { 'content-length': '5' },
    fields: { body: 'hello' },
    status: 200,
    charged: 3,
    fault: null
  }])
  t.equal(spent(), 3)
})

t.test('logs what no route takes, with the vendor\'s own words', async t => {
  const { url, calls } = await start(t, { notFound: () => jsonAnswer(404, { oops: true }) })
  const response = await fetch(`${url}/nowhere`)
  t.equal(response.status, 404)
  t.same(await response.json(), { oops: true })
  t.match(calls, [{ method: 'GET', path: '/nowhere', status: 404, charged: 0 }])
  const plain = await start(t)
  t.same(await (await fetch(`${plain.url}/nowhere`)).json(), { error: 'not found' })
})

t.test('says 501 for a mistake in a route or in a magic word', async t => {
  const { post, calls } = await start(t)
  const broken = await post('', '/edit/broken')
  t.equal(broken.status, 501)
  t.same(await broken.json(), { emulator: 'a mistake in the route' })
  const response = await post('[fault:no_such]')
  t.equal(response.status, 501)
  t.match((await response.json()), { emulator: /no fault is called "no_such"; known: reset_before, / })
  t.match(await (await post('[fault:')).json(), { emulator: /no fault is called "\?"/ })
  t.equal(calls.at(-1)?.charged, 0)
})

t.test('meets the appointed faults in their order, on the calls that match', async t => {
  const { post, url, script, calls } = await start(t)
  script.next(2, 'unavailable', 'POST /edit/b')
  script.next(1, 'status:418')
  t.equal((await post('', '/edit/a')).status, 418)
  t.equal((await post('', '/edit/b')).status, 503)
  t.equal((await post('', '/edit/a')).status, 200)
  t.equal((await post('', '/edit/b')).status, 503)
  t.equal((await post('', '/edit/b')).status, 200)
  t.equal(script.hits('unavailable'), 2)
  t.equal(script.hits('status'), 1)
  t.equal(script.hits('hang'), 0)
  t.same(calls.map(({ fault, charged }) => [fault, charged]), [['status', 0], ['unavailable', 0], [null, 3], ['unavailable', 0], [null, 3]])

  script.next(9, 'bad_gateway')
  script.clear()
  t.equal((await fetch(`${url}/nowhere`)).status, 404)
  t.throws(() => script.next(1, 'no_such'), TypeError)
})

t.test('takes faults of the vendor and of the test, also by a magic word with an argument', async t => {
  const seen: Array<number | undefined> = []
  const { post, script, calls } = await start(t, {
    faults: { teapot: status => { seen.push(status); return { instead: jsonAnswer(status ?? 418, {}) } } }
  })
  t.equal((await post('{"prompt":"tea [fault:teapot:419] please"}')).status, 419)
  t.equal((await post('[fault:teapot]')).status, 418)
  t.same(seen, [419, undefined])
  t.equal(script.hits('teapot'), 2)
  const mark: Fault = { change: answer => ({ ...answer, status: 299 }) }
  script.next(1, mark)
  t.equal((await post()).status, 299)
  t.equal(calls.at(-1)?.fault, 'custom')
})

t.test('breaks a connection before the request is read: nothing is done', async t => {
  for (const body of ['', '[fault:reset_before]']) {
    const { post, script, calls } = await start(t)
    if (body === '') script.next(1, 'reset_before')
    await t.rejects(post(body), { cause: { code: /ECONNRESET|UND_ERR_SOCKET/ } })
    t.match(calls, [{ status: null, charged: 0, fault: 'reset_before' }])
  }
})

t.test('breaks a connection in place of the answer: the work is done and charged', async t => {
  const { post, script, calls } = await start(t)
  script.next(1, 'reset_after')
  await t.rejects(post(), { cause: { code: /ECONNRESET|UND_ERR_SOCKET/ } })
  t.match(calls, [{ status: null, charged: 3 }])
})

t.test('keeps a call waiting until the client or the emulator goes', async t => {
  const { post, script, calls, close } = await start(t)
  script.next(1, 'hang')
  script.next(1, 'delay:60000')
  const answers = [t.rejects(post()), t.rejects(post())]
  while (calls.filter(({ charged }) => charged > 0).length < 2) await delay(5)
  t.match(calls, [{ status: null }, { status: null }])
  await close()
  await Promise.all(answers)
})

t.test('sends half a body and breaks off, or falls silent', async t => {
  const { post, script, calls } = await start(t)
  script.next(1, 'truncated_body')
  await t.rejects((await post()).arrayBuffer())
  script.next(1, 'stalled_body')
  const response = await post()
  const reader = response.body?.getReader()
  const { value } = await reader?.read() ?? {}
  t.equal(value?.length, picture.length / 2)
  t.equal(response.headers.get('content-length'), String(picture.length))
  await reader?.cancel()
  t.match(calls, [{ status: 200 }, { status: 200 }])
})

t.test('sends a late and a slow answer whole', async t => {
  const { post, script } = await start(t)
  script.next(1, 'delay:1')
  script.next(1, 'slow_body:1')
  t.same(Buffer.from(await (await post()).arrayBuffer()), picture)
  t.same(Buffer.from(await (await post()).arrayBuffer()), picture)
  script.next(1, { pieceMs: 1, change: answer => ({ ...answer, body: Buffer.alloc(0) }) })
  t.equal((await (await post()).arrayBuffer()).byteLength, 0)
})

t.test('does the work and then says something else', async t => {
  const { post, script, spent } = await start(t)
  const expected: Array<[fault: string, status: number, type: string, body: RegExp]> = [
    ['garbage_body', 200, 'image/png', /^not what it says/],
    ['empty_200', 200, 'image/png', /^$/],
    ['html_200', 200, 'text/html; charset=utf-8', /An error occurred/],
    ['other_json_200', 200, 'application/json', /^\{"unexpected":true\}$/],
    ['wrong_type', 200, 'text/plain', /^a picture/],
    ['gateway_timeout', 504, 'text/html; charset=utf-8', /An error occurred/]
  ]
  for (const [fault, status, type, body] of expected) {
    const response = await post(`[fault:${fault}]`)
    t.same([response.status, response.headers.get('content-type')], [status, type], fault)
    t.match(await response.text(), body)
  }
  t.equal(spent(), 3 * expected.length)
  script.next(1, 'bad_gateway')
  t.equal((await post()).status, 502)
  script.next(1, 'slow_body')
  script.next(1, 'delay')
  script.next(1, 'status')
  t.equal((await post()).status, 200)
  t.equal((await post()).status, 200)
  t.equal((await post()).status, 500)
  t.equal(spent(), 3 * (expected.length + 2))
})
