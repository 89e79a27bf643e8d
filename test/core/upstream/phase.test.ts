import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import t, { type Test } from 'tap'
import { EditError, type Billed, type ErrorCode } from '../../../core/errors.ts'
import { ExchangeFailure, isPassing, transportError } from '../../../core/upstream/phase.ts'
import type { Phase } from '../../../core/upstream/types.ts'
import { answering, createFactory, freePort, pem, serveSocket } from './servers.ts'

interface Outcome {
  readonly phase: Phase
  readonly code: ErrorCode
  readonly billed: Billed
  readonly reason: string | RegExp
}

const notSent = (reason: string | RegExp): Outcome => ({ phase: 'not-sent', code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no', reason })
const late = (reason: string): Outcome => ({ phase: 'sent', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', reason })
const unanswered = (reason: string): Outcome => ({ phase: 'sent', code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', reason })
const broken = (reason: string): Outcome => ({ phase: 'answered', code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', reason })

const ok = (headers: string, body = '') => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`
const silence = () => {}
const reset = (socket: Socket) => { socket.resetAndDestroy() }
const end = (socket: Socket) => { socket.end() }
const onRequest = (then: (socket: Socket) => void) => (socket: Socket) => { socket.on('data', () => then(socket)) }
const flood = (socket: Socket) => {
  const more = () => { while (socket.writable && socket.write('100\r\n' + 'x'.repeat(256) + '\r\n')); }
  socket.on('drain', more)
  more()
}

const faults: readonly (readonly [title: string, serve: (socket: Socket) => void, Outcome])[] = [
  ['a connection that is reset as it opens', reset, notSent('ECONNRESET')],
  ['a reset before the answer', onRequest(reset), unanswered('ECONNRESET')],
  ['an end before the answer', onRequest(end), unanswered('UND_ERR_SOCKET')],
  ['headers that do not come', silence, late('UND_ERR_HEADERS_TIMEOUT')],
  ['an answer that is no HTTP', answering('220 mail.example ESMTP\r\n'), unanswered('HTTPParserError')],
  ['headers of 200 kB', answering(ok(`x: ${'x'.repeat(200_000)}`)), unanswered('UND_ERR_HEADERS_OVERFLOW')],
  ['two lengths', answering(ok('content-length: 5\r\ncontent-length: 6', 'hello!')), unanswered('UND_ERR_RES_CONTENT_LENGTH_MISMATCH')],
  ['a length and chunks', answering(ok('content-length: 5\r\ntransfer-encoding: chunked', '5\r\nhello\r\n0\r\n\r\n')), unanswered('UND_ERR_RES_CONTENT_LENGTH_MISMATCH')],
  ['an unasked change of protocol', answering('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'), unanswered('UND_ERR_SOCKET')],
  ['a reset within the body', answering(ok('content-length: 50', 'hello'), socket => setTimeout(reset, 20, socket)), broken('ECONNRESET')],
  ['an end within a body of known length', answering(ok('content-length: 50', 'hello'), end), broken('UND_ERR_SOCKET')],
  ['an end within a chunked body', answering(ok('transfer-encoding: chunked', '5\r\nhello\r\n'), end), broken('UND_ERR_SOCKET')],
  ['a body that stalls', answering(ok('content-length: 50', 'hello')), broken('UND_ERR_BODY_TIMEOUT')],
  ['an endless body', answering(ok('transfer-encoding: chunked'), flood), broken('ANSWER_TOO_LARGE')],
  ['a declared length of 10 GiB', answering(ok('content-length: 10737418240', 'x')), broken('ANSWER_TOO_LARGE')],
  ['a body compressed without being asked for', answering(ok('content-encoding: gzip\r\ncontent-length: 1', 'x')), broken('ANSWER_ENCODED')]
]

for (const [title, serve, outcome] of faults) {
  t.test(`${title}: ${outcome.phase}, billed ${outcome.billed}`, async t => {
    const server = await serveSocket(t, serve)
    await postFails(t, server.origin, outcome)
    t.equal(requestsSeen(server.connections), outcome.phase === 'not-sent' ? 0 : 1, 'the request is written once at most')
  })
}

t.test('a refused connection: not-sent', async t => {
  await postFails(t, `http://127.0.0.1:${await freePort()}`, notSent('ECONNREFUSED'))
})

t.test('a name that does not resolve: not-sent', async t => {
  // A label longer than DNS can ask for fails without a question to anybody.
  await postFails(t, `http://${'x'.repeat(64)}.invalid`, notSent('ENOTFOUND'))
})

t.test('a certificate that is not trusted, another host\'s or expired: not-sent', async t => {
  const server = await serveSocket(t, silence, 'localhost')
  await postFails(t, `https://localhost:${server.port}`, notSent('DEPTH_ZERO_SELF_SIGNED_CERT'))
  const otherHost = await serveSocket(t, silence, 'other-host')
  const expired = await serveSocket(t, silence, 'expired')
  const before = getCACertificates()
  setDefaultCACertificates([pem('other-host'), pem('expired')])
  t.after(() => setDefaultCACertificates(before))
  await postFails(t, `https://localhost:${otherHost.port}`, notSent('ERR_TLS_CERT_ALTNAME_INVALID'))
  await postFails(t, `https://localhost:${expired.port}`, notSent('CERT_HAS_EXPIRED'))
  t.equal([server, otherHost, expired].map(({ connections }) => requestsSeen(connections)).join(), '0,0,0')
})

t.test('a TLS handshake that stalls: not-sent', async t => {
  const server = await serveSocket(t, silence)
  await postFails(t, `https://localhost:${server.port}`, notSent('UND_ERR_CONNECT_TIMEOUT'))
})

t.test('TLS with a server that speaks none: not-sent', async t => {
  const server = await serveSocket(t, answering('HTTP/1.1 400 Bad Request\r\n\r\n', end))
  await postFails(t, `https://localhost:${server.port}`, notSent(/^(ERR_SSL_|EPROTO)/))
})

t.test('no TLS with a server that speaks it: sent, for the bytes went out', async t => {
  const server = await serveSocket(t, silence, 'localhost')
  await postFails(t, server.origin.replace('https', 'http'), unanswered('UND_ERR_SOCKET'))
})

t.test('what cannot have been charged is never billed', async t => {
  const failure = new ExchangeFailure('answered', new Error('broken'))
  const context = { name: 'painter', redact: (text: string) => text }
  t.equal(transportError(failure, { ...context, paid: true }).billed, 'maybe')
  t.equal(transportError(failure, { ...context, paid: false }).billed, 'no')
})

t.test('a failure that will pass is told from one that will not', async t => {
  const failure = (code: string) => new ExchangeFailure('sent', Object.assign(new Error('x'), { code }))
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'EAI_AGAIN']) t.equal(isPassing(failure(code)), true, code)
  for (const code of ['ENOTFOUND', 'CERT_HAS_EXPIRED', 'ANSWER_TOO_LARGE', 'ADDRESS_REFUSED']) t.equal(isPassing(failure(code)), false, code)
})

// Beside the outcome it compares the phase with undici's own word on whether the request's headers were written.
async function postFails (t: Test, baseUrl: string, { phase, code, billed, reason }: Outcome): Promise<void> {
  let written = 0
  const count = () => { written++ }
  channel('undici:client:sendHeaders').subscribe(count)
  const upstream = createFactory(t).createUpstream({ name: 'painter', baseUrl, connectTimeoutMs: 1000, headersTimeoutMs: 500, bodyTimeoutMs: 500, maxResponseBytes: 1000 })
  const post = upstream.post('/edit', { json: { prompt: 'a lake' } }, { signal: new AbortController().signal })
  const error = await post.then(() => t.fail('it succeeded'), caught => caught)
  channel('undici:client:sendHeaders').unsubscribe(count)
  if (!(error instanceof EditError)) throw error
  t.same({ code: error.code, billed: error.billed, phase: error.details.phase }, { code, billed, phase })
  t.match(error.details.reason, reason)
  t.type(error.cause, Error)
  t.equal(written, phase === 'not-sent' ? 0 : 1)
  t.match(error.message, /^painter .*\(\w+\)$/, 'the message names the upstream and the reason')
}

function requestsSeen (connections: readonly Buffer[]): number {
  return connections.reduce((sum, bytes) => sum + bytes.toString().split('POST /edit HTTP/1.1').length - 1, 0)
}
