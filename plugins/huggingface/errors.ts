import type { FastifyInstance } from 'fastify'
import type { EditError as KernelError, ErrorCode, UpstreamAnswer } from '../../core/index.ts'
import { isRecord, textOf } from './error-text.ts'

export type EditErrorClass = FastifyInstance['EditError']

const meanings: Readonly<Record<number, { readonly code: ErrorCode, readonly text: string }>> = {
  400: { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', text: 'Hugging Face does not take this request' },
  401: { code: 'EDIT_ERR_PROVIDER_AUTH', text: 'Hugging Face does not know the token' },
  402: { code: 'EDIT_ERR_PROVIDER_QUOTA', text: 'the credits at Hugging Face are used up' },
  403: { code: 'EDIT_ERR_PROVIDER_AUTH', text: 'the token may not do this at Hugging Face' },
  404: { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', text: 'Hugging Face does not have this model' },
  410: { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', text: 'Hugging Face no longer has this model' },
  422: { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', text: 'the provider behind Hugging Face does not take this request' },
  429: { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', text: 'the rate limit of Hugging Face is exceeded' },
  503: { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', text: 'Hugging Face cannot serve the model now' }
}

// Providers say moderation with the statuses of any other bad request.
const refusals = new Set([400, 403, 422])
const moderation = /nsfw|content[ _]polic|content checker|moderat(?:ion|ed)|safety (?:system|checker|filter)|flagged|sensitive content|potentially sensitive/i

const refused = 'the content policy of the provider behind Hugging Face refuses the image or prompt'

// Of Replicate and of WaveSpeed. Not Replicate's "canceled": that is also the good answer of who has cancelled.
const endings = new Set(['failed', 'cancelled', 'timeout', 'deleted'])

const longestWaitMs = 24 * 60 * 60 * 1000

/**
 * What an answer of the router or the Hub means, whichever provider it is from: by its status, and of those that say success by
 * what their body says. All texts of a vendor are quoted here and nowhere else, since the kernel takes the token out of these
 * errors. A status that is not in the table is left to the kernel's.
 */
export function createClassify (EditError: EditErrorClass): (answer: UpstreamAnswer) => KernelError | undefined {
  return answer => {
    const { status, json } = answer
    const coldStartMs = waitForModel(json)
    // The older API says it with 200.
    if (coldStartMs !== undefined && (status === 200 || status === 503)) {
      return new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', say('Hugging Face is loading the model', textOf(json)), { billed: 'no', retryAfterMs: coldStartMs })
    }
    return judgeJob(json, EditError) ?? (status >= 200 && status < 300 ? judgeSuccess(answer, EditError) : judgeStatus(answer, EditError))
  }
}

/** A job that has ended without a result, whatever the status says. It was accepted, so it may be on the bill. */
function judgeJob (json: unknown, EditError: EditErrorClass): KernelError | undefined {
  const { id, status, error } = isRecord(json) && isRecord(json.data) ? json.data : isRecord(json) ? json : {}
  if (typeof id !== 'string' || typeof status !== 'string' || !endings.has(status)) return undefined
  const text = textOf({ error })
  return moderation.test(text)
    ? new EditError('EDIT_ERR_CONTENT_REJECTED', say(refused, text), { billed: 'maybe' })
    : new EditError('EDIT_ERR_PROVIDER_RESPONSE', say(`the job at the provider behind Hugging Face is ${status}`, text))
}

/** None of these was accepted, so none is billed. */
function judgeStatus ({ status, headers, json }: UpstreamAnswer, EditError: EditErrorClass): KernelError | undefined {
  // The Hub hides what a token may not see behind 401.
  const meaning = meanings[headers['x-error-code'] === 'RepoNotFound' ? 404 : status]
  if (meaning === undefined) return undefined
  const text = textOf(json)
  if (refusals.has(status) && (isPolicy(json) || moderation.test(text))) return new EditError('EDIT_ERR_CONTENT_REJECTED', say(refused, text), { billed: 'no' })
  const retryAfterMs = status === 429 || status === 503 ? waitOf(headers, text) : undefined
  return new EditError(meaning.code, say(meaning.text, text), { billed: 'no', ...retryAfterMs !== undefined && { retryAfterMs } })
}

/** Errors that come with 200: in WaveSpeed's envelope, or as a text in place of a picture. */
function judgeSuccess (answer: UpstreamAnswer, EditError: EditErrorClass): KernelError | undefined {
  const { json } = answer
  if (!isRecord(json)) return undefined
  const { code, status, error } = json
  if (typeof code === 'number' && code !== 200) return judgeStatus({ ...answer, status: code }, EditError)
  const text = textOf({ error })
  // A job that has a status says more when it is asked for.
  return text === '' || typeof status === 'string'
    ? undefined
    : new EditError('EDIT_ERR_PROVIDER_RESPONSE', say('Hugging Face answered with an error', text))
}

/** For a picture that was made, and is black or blurred. */
export function nsfwError (EditError: EditErrorClass, provider: string): KernelError {
  return new EditError('EDIT_ERR_CONTENT_REJECTED', `the safety checker of ${provider} refuses the result`, { billed: 'maybe' })
}

function isPolicy (json: unknown): boolean {
  return isRecord(json) && Array.isArray(json.detail) && json.detail.some(item => isRecord(item) && item.type === 'content_policy_violation')
}

function waitForModel (json: unknown): number | undefined {
  if (!isRecord(json) || json.error === undefined || typeof json.estimated_time !== 'number') return undefined
  const ms = Math.ceil(json.estimated_time * 1000)
  return ms >= 0 ? Math.min(ms, longestWaitMs) : undefined
}

/** Milliseconds, of `RateLimit: "api";r=0;t=123`, Retry-After in seconds, or Replicate's "resets in ~30s". */
function waitOf ({ ratelimit = '', 'retry-after': retryAfter = '' }: UpstreamAnswer['headers'], text: string): number | undefined {
  const [, seconds] = /;\s*t=(\d{1,6})/.exec(ratelimit) ?? /^(\d{1,6})$/.exec(retryAfter) ?? /resets in ~?(\d{1,6})s/.exec(text) ?? []
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1000, longestWaitMs)
}

function say (text: string, reason: string): string {
  return reason === '' ? text : `${text}: ${reason.slice(0, 300)}`
}
