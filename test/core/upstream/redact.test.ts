import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { createRedact, redactCause, redactError, secretsOf } from '../../../core/upstream/redact.ts'

const key = 'sk-a1/B2+c3 d4"e5'
const redact = createRedact([key])

t.test('a secret is replaced in every form in which it may come back', async t => {
  const forms = {
    plain: key,
    shouted: key.toUpperCase(),
    bearer: `Bearer ${key}`,
    url: encodeURIComponent(key),
    form: new URLSearchParams({ key }).toString(),
    json: JSON.stringify({ key }),
    base64: Buffer.from(key).toString('base64'),
    base64url: Buffer.from(key).toString('base64url'),
    'base64 of "Bearer <key>"': Buffer.from(`Bearer ${key}`).toString('base64'),
    'base64 of "user:<key>"': Buffer.from(`me:${key}`).toString('base64'),
    'base64 of "x<key>"': Buffer.from(`x${key}`).toString('base64')
  }
  for (const [title, form] of Object.entries(forms)) {
    const text = redact(`before ${form} after ${form}`)
    t.match(text, /^before .*\[redacted\].* after .*\[redacted\]/, title)
    t.notMatch(text, /a1|B2|c3|d4/i, title)
    // Of a base64 text the edges remain: the neighbours' letters and less than one of the key's.
    for (const part of text.replaceAll('[redacted]', ' ').split(/[\s":=]+/)) t.notMatch(Buffer.from(part, 'base64').toString('latin1'), /sk|e5/, title)
  }
})

t.test('of two secrets of which one begins the other, the longer is replaced whole', async t => {
  t.equal(createRedact(['key-1', 'key-1-long'])('key-1-long key-1'), '[redacted] [redacted]')
})

t.test('without secrets nothing changes, and an empty one is none', async t => {
  t.equal(createRedact([])('abc'), 'abc')
  t.equal(createRedact([''])('abc'), 'abc')
})

t.test('a short secret is replaced as it stands', async t => {
  t.equal(createRedact(['k'])('k c3 aw=='), '[redacted] c3 aw==')
})

t.test('half a surrogate pair in a secret stops nothing', async t => {
  t.equal(createRedact(['\ud800key'])('a \ud800key'), 'a [redacted]')
})

t.test('keys in headers are secrets although nobody named them', async t => {
  const headers = { authorization: 'Bearer sk-12345678', 'X-API-Key': 'abcdefgh', 'x-key-version': '1', accept: 'application/json' }
  t.same([...secretsOf({ name: 'painter', baseUrl: '', headers, secrets: ['other', 'abcdefgh'] })], ['other', 'abcdefgh', 'sk-12345678'])
  t.equal(secretsOf({ name: 'painter', baseUrl: '' }).size, 0)
})

t.test('an error is copied without secrets: message, stack, details and causes', async t => {
  const cause = Object.assign(new Error(`socket of ${key}`, { cause: new TypeError(key) }), { code: 'ECONNRESET', headers: { authorization: key } })
  const error = new EditError('EDIT_ERR_PROVIDER_AUTH', `bad key ${key}`, {
    billed: 'maybe', retryAfterMs: 5, cause, details: { hint: [key, 1, null, { [key]: key }], status: 401 }
  })
  const copy = redactError(error, redact, { phase: 'answered', status: 403 })
  t.match(copy, { name: 'EditError', code: error.code, billed: 'maybe', retryAfterMs: 5, message: 'bad key [redacted]' })
  t.same(copy.details, { phase: 'answered', status: 401, hint: ['[redacted]', 1, null, { '[redacted]': '[redacted]' }] })
  t.match(copy.cause, { name: 'Error', code: 'ECONNRESET', message: 'socket of [redacted]', cause: { name: 'TypeError', message: '[redacted]' } })
  t.notOk(JSON.stringify(copy).includes('sk-a1') || String(copy.stack).includes('sk-a1') || Object.hasOwn(Object(copy.cause), 'headers'))
  t.notOk(Object.hasOwn(redactError(new EditError('EDIT_ERR_DEADLINE', 'x'), redact, {}), 'cause'))
})

t.test('a cause that is no error is dropped, a ring of causes is cut', async t => {
  t.equal(redactCause({ headers: { key } }, redact), undefined)
  const ring: Error = new Error('a')
  ring.cause = ring
  let depth = 0
  for (let cause: unknown = redactCause(ring, redact); cause instanceof Error; cause = cause.cause) depth++
  t.equal(depth, 5)
})
