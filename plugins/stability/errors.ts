import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { FastifyInstance } from 'fastify'
import type { EditError as KernelError, ErrorCode, UpstreamAnswer } from '../../core/index.ts'

export type EditErrorClass = FastifyInstance['EditError']

/** Of an error body: v2beta has `name` and `errors`, v1 has `message` in place of `errors`. */
const Problem = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Type.String())),
  message: Type.Optional(Type.String())
})
type Problem = Static<typeof Problem>

const Finish = Type.Object({ finish_reason: Type.String() })

// Stability locks a key out for a minute and does not say so in a header.
const lockOutMs = 60_000
const longestText = 300

const meanings: Readonly<Record<number, { readonly code: ErrorCode, readonly text: string }>> = {
  400: { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', text: 'Stability AI does not take this request' },
  401: { code: 'EDIT_ERR_PROVIDER_AUTH', text: 'Stability AI does not know the API key' },
  402: { code: 'EDIT_ERR_PROVIDER_QUOTA', text: 'the credits at Stability AI are used up' },
  403: { code: 'EDIT_ERR_PROVIDER_AUTH', text: 'Stability AI refuses the API key' },
  413: { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', text: 'Stability AI does not take requests of this size' },
  422: { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', text: 'Stability AI does not take this request' },
  429: { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', text: 'the rate limit of Stability AI is exceeded' },
  500: { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', text: 'Stability AI has failed' }
}

// Stability says moderation with 403; for most vendors that is a bad key.
const moderation = new Set(['content_moderation', 'public_figure'])

/**
 * What an answer of Stability AI means (v2beta OpenAPI of 2026; 401 and 402 as captured by others). Only pictures that were
 * made are charged, so no error status is billed. A status that is not in the table is left to the kernel's.
 */
export function createClassify (EditError: EditErrorClass): (answer: UpstreamAnswer) => KernelError | undefined {
  return answer => {
    const { status, headers, json } = answer
    if (status >= 200 && status < 300) return judgeFinish(answer, EditError)
    const problem: Problem = Value.Check(Problem, json) ? json : {}
    const details = { ...problem.name !== undefined && { name: problem.name }, ...problem.id !== undefined && { id: problem.id } }
    if (problem.name !== undefined && moderation.has(problem.name)) {
      return new EditError('EDIT_ERR_CONTENT_REJECTED', say('the content policy of Stability AI refuses the image or prompt', problem), {
        billed: 'no', details
      })
    }
    const meaning = meanings[status]
    if (meaning === undefined) return undefined
    return new EditError(meaning.code, say(meaning.text, problem), {
      billed: 'no',
      details,
      ...status === 429 && { retryAfterMs: waitOf(headers['retry-after']) }
    })
  }
}

/** A picture that broke the content policy comes blurred, with status 200. Whether it is charged is not documented. */
function judgeFinish ({ headers, json }: UpstreamAnswer, EditError: EditErrorClass): KernelError | undefined {
  const reason = headers['finish-reason'] ?? (Value.Check(Finish, json) ? json.finish_reason : undefined)
  // Absent in answers that hold no picture.
  if (reason === undefined || reason === 'SUCCESS') return undefined
  if (reason === 'CONTENT_FILTERED') {
    return new EditError('EDIT_ERR_CONTENT_REJECTED', 'the content policy of Stability AI refuses the result', { billed: 'maybe' })
  }
  return new EditError('EDIT_ERR_PROVIDER_RESPONSE', `Stability AI finished for the unknown reason "${reason.slice(0, longestText)}"`)
}

/** Milliseconds. Proxies in front say seconds; anything else counts as not said. */
function waitOf (retryAfter = ''): number {
  return /^[1-9]\d{0,4}$/.test(retryAfter) ? Number(retryAfter) * 1000 : lockOutMs
}

function say (text: string, { errors = [], message }: Problem): string {
  const reasons = (message === undefined ? errors : [message, ...errors]).join('; ').slice(0, longestText)
  return reasons === '' ? text : `${text}: ${reasons}`
}
