import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { FastifyInstance } from 'fastify'
import type { Billed, EditError as KernelError, ErrorCode, UpstreamAnswer } from '../../core/index.ts'
import { errorOf, isMarked, readTask, statusOf, type Task } from './task.ts'

export type EditErrorClass = FastifyInstance['EditError']

/** Of an error body. `code` mirrors the status, also in an error that comes with status 200. */
const Envelope = Type.Object({ code: Type.Optional(Type.Unknown()), message: Type.Optional(Type.Unknown()) })

interface Meaning { readonly code: ErrorCode, readonly billed: Billed, readonly text: string }

const quota: Meaning = { code: 'EDIT_ERR_PROVIDER_QUOTA', billed: 'no', text: 'the balance at WaveSpeed is used up' }
const rejected: Meaning = { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'no', text: 'the content policy of WaveSpeed refuses the image or prompt' }
const refused: Meaning = { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no', text: 'WaveSpeed does not take this request' }
// The task may exist by then, and is paid for: that is why the vendor's own clients never repeat the call.
const failing: Meaning = { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'maybe', text: 'WaveSpeed has failed' }

const statuses: Readonly<Record<number, Meaning>> = {
  400: refused,
  401: { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no', text: 'WaveSpeed does not know the API key, or it was never topped up' },
  402: quota,
  403: { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no', text: 'WaveSpeed refuses the account' },
  404: { ...refused, text: 'WaveSpeed does not have this model' },
  413: { ...refused, text: 'WaveSpeed does not take requests of this size' },
  422: refused,
  429: { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', billed: 'no', text: 'the rate limit of WaveSpeed is exceeded' },
  500: failing,
  502: failing,
  503: failing,
  // The edge gave up, the task goes on.
  504: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', text: 'WaveSpeed did not answer in time' }
}

/** "Failed requests are automatically refunded within 3 hours" (troubleshooting guide); of cancelled and deleted ones it says nothing. */
const ends: Readonly<Record<string, Meaning>> = {
  failed: { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'no', text: 'WaveSpeed could not make the picture' },
  timeout: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'no', text: 'WaveSpeed gave the task up' },
  cancelled: { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', text: 'the task was cancelled at WaveSpeed' },
  deleted: { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', text: 'the task was deleted at WaveSpeed' }
}

// Close to what is meant: a validation error may quote the prompt, and prompts speak of credit cards and white balance.
const aboutMoney = new RegExp([
  '(insufficient|not[\\W_]+enough)[\\W_]+(account[\\W_]+)?(balance|credits?|funds?)',
  '(balance|credits?|funds?)[\\W_]+(is[\\W_]+|are[\\W_]+)?(insufficient|not[\\W_]+(enough|sufficient)|exhausted|too[\\W_]+low)',
  'please[\\W_]+top[\\W_]?up',
  'top[\\W_]?up[\\W_]+your[\\W_]+(account|balance)'
].join('|'), 'i')
const aboutContent = new RegExp([
  'nsfw|moderation|flagged|prohibited|inappropriate|potentially[\\W_]+sensitive',
  'content[\\W_]+(policy|filter|violation)',
  'safety[\\W_]+(system|filter|checker|policy)',
  'sensitive[\\W_]+(content|information|words?)'
].join('|'), 'i')
const longestText = 300

/**
 * What an answer of WaveSpeed means. Failures also hide behind status 200, as an error envelope or as a failed task; and a
 * failed task may come with a status that is no 200. A status that is not in the table is left to the kernel's.
 */
export function createClassify (EditError: EditErrorClass): (answer: UpstreamAnswer) => KernelError | undefined {
  return ({ status, headers, json }) => {
    const task = readTask(json)
    const end = task && endOf(task)
    if (task !== undefined && end !== undefined) {
      return new EditError(end.code, say(end.text, errorOf(task)), { billed: end.billed, details: { task: task.id, ended: statusOf(task) } })
    }
    const { code, message } = Value.Check(Envelope, json) ? json : {}
    const text = typeof message === 'string' ? message : ''
    const succeeded = status >= 200 && status < 300
    const meaning = succeeded ? meaningOfCode(code, text, task) : meaningOf(status, text)
    return meaning && new EditError(meaning.code, say(meaning.text, text), {
      billed: meaning.billed,
      ...succeeded && { details: { code } },
      retryAfterMs: waitOf(headers['retry-after'])
    })
  }
}

function endOf (task: Task): Meaning | undefined {
  const status = statusOf(task)
  if (status === 'completed') {
    // It was made, and made pictures are paid for.
    return isMarked(task) ? { ...rejected, billed: 'yes', text: 'the content policy of WaveSpeed refuses the result' } : undefined
  }
  const end = ends[status]
  const text = errorOf(task)
  if (end !== undefined && aboutContent.test(text)) return { ...rejected, billed: end.billed }
  if (end !== undefined && aboutMoney.test(text)) return { ...quota, billed: end.billed }
  return end
}

function meaningOf (status: number, text: string): Meaning | undefined {
  if ((status === 400 || status === 403) && aboutMoney.test(text)) return quota
  if ((status === 400 || status === 403) && aboutContent.test(text)) return rejected
  return statuses[status]
}

function meaningOfCode (code: unknown, text: string, task: Task | undefined): Meaning | undefined {
  // A task that is under way says more than the envelope around it.
  if (typeof code !== 'number' || code === 200 || task !== undefined) return undefined
  return meaningOf(code, text) ?? { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', text: `WaveSpeed answered with the error ${code}` }
}

/** The same error with another word on whether the vendor has charged, and another code where it is given. */
export function withBilled (err: KernelError, billed: Billed, EditError: EditErrorClass, code: ErrorCode = err.code): KernelError {
  const { message, details, retryAfterMs } = err
  return new EditError(code, message, { cause: err, billed, details, ...retryAfterMs !== undefined && { retryAfterMs } })
}

/** Milliseconds. No Retry-After is documented; proxies in front may say seconds. */
function waitOf (retryAfter = ''): number | undefined {
  return /^[1-9]\d{0,4}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined
}

function say (text: string, reason: string): string {
  return reason === '' ? text : `${text}: ${reason.slice(0, longestText)}`
}
