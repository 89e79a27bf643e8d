import t from 'tap'
import { jsonAnswer } from '../vendors/answer.ts'
import { meets, ofJob, testRow, type Row } from './matrix.ts'

t.jobs = 8

const answers = (status: number, headers: Record<string, string> = {}) => meets({ instead: jsonAnswer(status, { error: 'as the test says' }, headers) })
/** The vendor did its work, and something in front of it answers for it. */
const insteadOfIt = (status: number) => meets({ change: () => jsonAnswer(status, { error: 'as the test says' }) })
const refuses = (status: number, refused: 'before' | 'after', charges: boolean) => {
  const answer = jsonAnswer(status, { refused })
  return meets(charges ? { change: () => answer } : { instead: answer })
}
const each = (statuses: readonly number[], rest: Omit<Row, 'fault' | 'arrange'>): Row[] =>
  statuses.map(status => ({ fault: `a ${status}`, arrange: answers(status), ...rest }))

const limited = (fault: string, value: string | undefined, retryAfter: string | null, seconds = {}): Row => ({
  fault: `a 429 with ${fault}`,
  arrange: answers(429, value === undefined ? {} : { 'retry-after': value }),
  code: 'EDIT_ERR_PROVIDER_RATE_LIMITED',
  billed: 'no',
  retryAfter,
  ...seconds
})

const rows: Row[] = [
  ...each([400, 404, 405, 410, 413, 415, 422, 501], { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' }),
  ...each([401, 403], { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no' }),
  ...each([402], { code: 'EDIT_ERR_PROVIDER_QUOTA', billed: 'no' }),
  // Once more by the budget, then the next.
  ...each([408, 409, 425, 500, 503, 521, 529], { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no', tries: 2 }),
  ...[502, 520].map((status): Row => ({ fault: `a ${status}`, arrange: insteadOfIt(status), code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'maybe' })),
  ...[504, 524].map((status): Row => ({ fault: `a ${status}`, arrange: insteadOfIt(status), code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' })),
  { fault: 'a status that nobody knows', arrange: insteadOfIt(299 + 300), code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'maybe' },
  { fault: 'a refusal of the content', arrange: refuses(400, 'before', false), code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'no' },
  { fault: 'a refusal of the content that looks like a bad key', arrange: refuses(403, 'before', false), code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'no' },
  { fault: 'a refusal of the result behind a 200', arrange: refuses(200, 'after', true), code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe' },

  // Alone it waits where that fits the deadline; a day does not.
  limited('the seconds of a day', '86400', '86400'),
  limited('a date far away', new Date(Date.now() + 7 * 86_400_000).toUTCString(), '86400'),
  limited('no time', undefined, null),
  limited('a date that has passed', new Date(Date.now() - 60_000).toUTCString(), null),
  limited('rubbish', 'soon', null),
  limited('a negative time', '-5', null)
]

for (const row of rows) {
  testRow(t, row)
  testRow(t, ofJob(row))
}
