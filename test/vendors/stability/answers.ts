import { randomBytes } from 'node:crypto'
import { bytesAnswer, jsonAnswer, type Answer } from '../answer.ts'
import type { FaultTable } from '../faults.ts'

/** Name of an error → its status and text, word for word as the vendor writes them. */
const errorTexts = {
  bad_request: [400, 'some-field: is required'],
  unauthorized: [401, 'authorization: invalid or missing header value'],
  payment_required: [402, 'You lack sufficient credits to make this request. Please purchase more credits at ' +
    'https://platform.stability.ai/account/credits and try again.'],
  content_moderation: [403, 'Your request was flagged by our content moderation system, as a result your request was denied ' +
    'and you were not charged.'],
  not_found: [404, 'id: no generation with this id was found'],
  payload_too_large: [413, 'body: payloads cannot be larger than 10MiB in size'],
  invalid_language: [422, 'English is the only supported language for this service.'],
  public_figure: [422, 'Our system detected the likeness of a public figure in your image. To comply with our guidelines, this ' +
    'request cannot be processed. Please upload a different image.'],
  rate_limit_exceeded: [429, 'You have exceeded the rate limit of 150 requests within a 10 second period, and have been timed out ' +
    'for 60 seconds.'],
  internal_error: [500, 'An unexpected server error has occurred, please try again later.']
} as const satisfies Record<string, readonly [number, string]>

export type ErrorName = keyof typeof errorTexts

export function errorAnswer (name: ErrorName, errors?: readonly string[]): Answer {
  const [status, text] = errorTexts[name]
  // The vendor's quirk: this one error has no id of its own.
  const id = name === 'rate_limit_exceeded' ? name : randomBytes(16).toString('hex')
  return jsonAnswer(status, { id, name, errors: errors ?? [text] })
}

/** The v1 endpoints say `message`, and show the key that they refuse. */
export function v1Unauthorized (key: string): Answer {
  const message = key === '' ? 'missing authorization header' : `Incorrect API key provided: ${key}`
  return jsonAnswer(401, { id: randomBytes(16).toString('hex'), message, name: 'unauthorized' })
}

/** Every error of the vendor by its name, and `content_filtered`: a picture that is made and then blurred. */
export const stabilityFaults: FaultTable = {
  ...Object.fromEntries(Object.keys(errorTexts).map(name => [name, () => ({ instead: errorAnswer(name as ErrorName) })])), // keys of that table
  v1_unauthorized: () => ({ instead: v1Unauthorized('sk-shown-in-the-answer') }),
  // Seen at proxies, not documented: the time to wait in seconds.
  rate_limit_retry_after: (seconds = 1) => {
    const answer = errorAnswer('rate_limit_exceeded')
    return { instead: { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } } }
  },
  content_filtered: () => ({}),
  unknown_finish: () => ({ change: answer => ({ ...answer, headers: { ...answer.headers, 'finish-reason': 'PARTIAL' } }) })
}

/** A picture that is done. */
export interface Outcome {
  readonly bytes: Buffer
  readonly mediaType: string
  /** Absent for endpoints without one. */
  readonly seed: number | undefined
  readonly filtered: boolean
}

/** The same picture in the two ways in which the vendor hands it out. */
export function pictureAnswer ({ bytes, mediaType, seed, filtered }: Outcome, json: boolean): Answer {
  const reason = filtered ? 'CONTENT_FILTERED' : 'SUCCESS'
  const requestId = { 'x-request-id': randomBytes(16).toString('hex') }
  if (json) {
    const body = { image: bytes.toString('base64'), finish_reason: reason, ...seed === undefined ? {} : { seed } }
    return jsonAnswer(200, body, { ...requestId, 'content-type': `application/json; type=${mediaType}` })
  }
  return bytesAnswer(200, mediaType, bytes, {
    ...requestId, 'finish-reason': reason, ...seed === undefined ? {} : { seed: String(seed) }
  })
}
