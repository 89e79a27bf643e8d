import t from 'tap'
import { errorTable } from '../../../core/errors.ts'
import { toAnswer } from '../../../core/upstream/answer.ts'
import { isPassingStatus, retryAfterMs, statusError } from '../../../core/upstream/status.ts'

const context = { name: 'painter', paid: true, redact: (text: string) => text }
const answer = (status: number, headers = {}, body = '') => toAnswer({ status, headers, body: Buffer.from(body) })

const table = {
  UNSUPPORTED: { no: [400, 404, 405, 410, 413, 414, 415, 422, 501] },
  AUTH: { no: [401, 403] },
  QUOTA: { no: [402] },
  RATE_LIMITED: { no: [429] },
  UNAVAILABLE: { no: [408, 409, 425, 500, 503, 521, 522, 523, 525, 526, 529], maybe: [502, 505, 507, 511, 520, 599] },
  TIMEOUT: { maybe: [504, 524] },
  RESPONSE: { maybe: [300, 301, 302, 303, 304, 307, 308, 406, 418, 451] }
} as const

for (const [code, byBilled] of Object.entries(table)) {
  for (const [billed, statuses] of Object.entries(byBilled)) {
    t.test(`${statuses.join(' ')} mean EDIT_ERR_PROVIDER_${code}, billed ${billed}`, async t => {
      for (const status of statuses) {
        const error = statusError(answer(status), context)
        t.same([error?.code, error?.billed, error?.message], [`EDIT_ERR_PROVIDER_${code}`, billed, `painter answered ${status}`])
        t.same(error?.details, { phase: 'answered', status })
        t.ok(error !== undefined && error.code in errorTable)
        t.equal(statusError(answer(status), { ...context, paid: false })?.billed, 'no', 'a free call is never billed')
      }
    })
  }
}

t.test('2xx is no error', async t => {
  for (const status of [200, 201, 202, 204, 299]) t.equal(statusError(answer(status), context), undefined)
})

t.test('the message says what the vendor said', async t => {
  const error = statusError(answer(400, { 'content-type': 'application/json' }, '{"errors":["prompt: is required"]}'), context)
  t.equal(error?.message, 'painter answered 400: prompt: is required')
})

t.test('Retry-After is read as seconds or as a date, at most a day', async t => {
  const now = Date.UTC(2026, 0, 1)
  const day = 24 * 60 * 60 * 1000
  const cases = [
    ['0', 0], ['30', 30_000], ['1.5', 1500], ['86400', day], ['999999999', day], ['9'.repeat(400), day],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000], ['Thursday, 01-Jan-26 00:00:10 GMT', 10_000], ['Fri, 01 Jan 2027 00:00:00 GMT', day],
    ['Wed, 31 Dec 2025 23:59:59 GMT', undefined], ['-5', undefined], ['soon', undefined], ['', undefined], ['5, 10', undefined],
    ['2026', 2_026_000], ['Mon, garbage', undefined], ['1e9', undefined], [undefined, undefined]
  ] as const
  for (const [value, expected] of cases) t.equal(retryAfterMs(value, now), expected, String(value))
  t.equal(statusError(answer(429, { 'retry-after': '7' }), context)?.retryAfterMs, 7000)
  t.equal(statusError(answer(429), context)?.retryAfterMs, undefined)
})

t.test('five statuses pass by themselves', async t => {
  t.same(Array.from({ length: 600 }, (_, status) => status).filter(isPassingStatus), [429, 500, 502, 503, 504])
})
