import t from 'tap'
import { bytesAnswer, jsonAnswer } from '../vendors/answer.ts'
import { shop } from './houses.ts'
import { meets, sabotaged, testRow, type Row } from './matrix.ts'
import { broken, endless, lost } from './sabotages.ts'

t.jobs = 8

const polls = 'GET /v1/jobs'
const files = 'GET /v1/files'
const onPolls = (fault: Parameters<typeof meets>[0], count = 99) => meets(fault, { match: polls, count })
const limited = (retryAfter: string) => ({ instead: jsonAnswer(429, { error: 'slow down' }, { 'retry-after': retryAfter }) })
const goesOn = { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', silent: true } as const
const isLost = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' } as const
const succeeds = { code: null, billed: 'yes' } as const

const rows: Row[] = [
  // The job: past its slice it is polled on while the second is asked.
  { fault: 'a job that never ends', arrange: () => {}, house: shop({ jobs: true, words: ['running'] }), ...goesOn },
  { fault: 'a job that goes backwards for ever', arrange: () => {}, house: shop({ jobs: true, words: ['running', 'queued', 'running', 'queued'] }), ...goesOn },
  { fault: 'a job that goes backwards once', arrange: () => {}, house: shop({ jobs: true, words: ['running', 'queued', 'running', 'done'] }), ...succeeds },
  { fault: 'a job with a status that nobody knows', arrange: () => {}, house: shop({ jobs: true, words: ['running', 'pondering'] }), ...isLost },
  { fault: 'a job that has failed and is not charged', arrange: () => {}, house: shop({ jobs: true, words: ['running', 'failed'] }), code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'no' },
  { fault: 'a job whose result breaks the policy', arrange: onPolls({ change: () => jsonAnswer(200, { refused: 'after' }) }), code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe' },

  // Its polls are free and made again; the order is not.
  { fault: 'a poll that finds no job', arrange: onPolls({ instead: jsonAnswer(404, { error: 'no such job' }) }), code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'maybe' },
  { fault: 'a poll whose key is refused', arrange: onPolls({ instead: jsonAnswer(401, { error: 'who?' }) }), code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'maybe' },
  // After ten in a row the job counts as lost; it is not ordered again.
  { fault: 'polls that are always answered 409', arrange: onPolls('status:409'), code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'maybe' },
  { fault: 'a poll that is answered by a page', arrange: onPolls('html_200'), ...isLost },
  { fault: 'a poll that fails twice', arrange: onPolls('status:500', 2), ...succeeds },
  { fault: 'a poll that is reset once', arrange: onPolls('reset_before', 1), ...succeeds },
  { fault: 'a poll that always fails', arrange: onPolls('status:503'), ...goesOn },
  { fault: 'a poll that shall wait a second', arrange: onPolls(limited('1'), 1), ...succeeds },
  { fault: 'a poll that shall wait a day', arrange: onPolls(limited('86400')), ...goesOn },
  { fault: 'a poll that is never answered', arrange: onPolls('hang'), ...goesOn },
  ...Object.entries(endless).map(([fault, sabotage]): Row => ({ fault: `${fault}, of a poll`, arrange: sabotaged(sabotage, polls), ...goesOn })),

  // Its picture is made: whatever becomes of it is paid for.
  ...[403, 404, 410].map((status): Row => ({
    fault: `a picture whose address is answered by ${status}`,
    arrange: meets({ instead: bytesAnswer(status, 'text/xml', '<Error><Code>AccessDenied</Code></Error>') }, { match: files }),
    code: 'EDIT_ERR_PROVIDER_RESPONSE',
    billed: 'yes'
  })),
  ...['https://10.0.0.1/a.png', 'https://169.254.169.254/latest/meta-data', 'http://example.invalid/a.png', 'https://[::1]/a.png', 'file:///etc/passwd', 'nothing'].map((url): Row => ({
    fault: `a picture at ${url}`, arrange: () => {}, house: shop({ jobs: true, resultUrl: () => url }), code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'yes'
  })),
  {
    fault: 'a picture that is an SVG',
    arrange: meets({ change: () => bytesAnswer(200, 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>') }, { match: files }),
    code: 'EDIT_ERR_OUTPUT_REJECTED',
    billed: 'yes'
  }
]
for (const row of rows) testRow(t, { house: shop({ jobs: true }), ...row })

/** The file's own connection: it is fetched again while that can help. */
const { 'a declared length of 10 GiB': tooLong, 'a body without end': withoutEnd, 'a compressed bomb': bomb, 'two lengths': twoLengths } = broken
for (const [fault, sabotage] of Object.entries({ 'a picture of 10 GiB': tooLong, 'a picture without end': withoutEnd, 'a compressed picture': bomb, 'a picture of two lengths': twoLengths, ...endless, ...lost })) {
  const silent = fault in endless
  testRow(t, {
    fault: `${fault}, of the picture`,
    arrange: sabotaged(sabotage, files),
    code: silent ? 'EDIT_ERR_PROVIDER_TIMEOUT' : 'EDIT_ERR_PROVIDER_RESPONSE',
    billed: 'yes',
    ...silent && { silent },
    house: shop({ jobs: true, filesOnLine: true })
  })
}
