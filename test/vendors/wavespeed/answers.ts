import { jsonAnswer, type Answer } from '../answer.ts'
import type { FaultTable } from '../faults.ts'

/** Name of an error → its status and text. Only the shape and the 401 are documented; the other texts are likely ones. */
const errors = {
  bad_request: [400, 'invalid parameters'],
  content_refused: [400, 'The request was rejected by the content policy'],
  insufficient_400: [400, 'Insufficient credits, please top up your account'],
  unauthorized: [401, 'Invalid API key'],
  payment_required: [402, 'Insufficient credits. Please top up.'],
  balance_not_enough: [403, 'balance_not_enough'],
  forbidden: [403, 'Your account is suspended'],
  not_found: [404, 'not found'],
  too_large: [413, 'file too large'],
  too_many_requests: [429, 'Too Many Requests'],
  internal_error: [500, 'internal error'],
  api_bad_gateway: [502, 'bad gateway'],
  api_unavailable: [503, 'service unavailable'],
  api_timeout: [504, 'gateway timeout']
} as const satisfies Record<string, readonly [number, string]>

export type ErrorName = keyof typeof errors

export function success (data: unknown): Answer {
  return jsonAnswer(200, { code: 200, message: 'success', data })
}

export function failure (name: ErrorName, message: string = errors[name][1]): Answer {
  const [status] = errors[name]
  return jsonAnswer(status, { code: status, message, data: null })
}

/** Ends of a task that a create call can be marked with, and what the vendor says of them. */
export const fates = {
  task_failed: ['failed', 'Something went wrong while generating. Please try again later.'],
  task_moderated: ['failed', 'The content was flagged as potentially sensitive. Please try different prompts or images.'],
  task_unfunded: ['failed', 'Insufficient credits'],
  task_cancelled: ['cancelled', ''],
  task_timeout: ['timeout', 'The task took too long'],
  task_deleted: ['deleted', '']
} as const

export type Fate = keyof typeof fates

const names = <T extends object>(table: T) => Object.keys(table) as Array<keyof T & string> // Object.keys forgets which

/**
 * Every error by its name; marks for a create call: ends of a task, `task_nsfw` (made, and marked), `sync_timeout`, `sync_created`
 * and `sync_processing` (a synchronous call that does not wait), `completed_at_once` (an asynchronous one that does); and other
 * readings of the documentation, which change an answer.
 */
export const wavespeedFaults: FaultTable = {
  ...Object.fromEntries(names(errors).map(name => [name, () => ({ instead: failure(name) })])),
  ...Object.fromEntries([...names(fates), 'task_nsfw', 'sync_timeout', 'sync_created', 'sync_processing', 'completed_at_once'].map(name => [name, () => ({})])),
  // Seconds. Proxies in front may send it; the vendor documents none.
  retry_after: (seconds = 1) => {
    const answer = failure('too_many_requests')
    return { instead: { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } } }
  },
  // An error behind status 200. The argument is the envelope's code.
  hidden: (code = 400) => ({ instead: jsonAnswer(200, { code, message: errorText(code), data: null }) }),
  // The same task with a status that is no 200.
  task_status: (status = 500) => ({ change: answer => ({ ...answer, status }) }),
  no_wrapper: () => ({ change: changeBody(({ data }) => data) }),
  bare: () => changeData(({ id }) => ({ id })),
  nulls: () => changeData(data => Object.fromEntries(Object.keys(data).map(name => [name, name === 'id' ? data.id : null]))),
  strange_status: () => changeData(data => ({ ...data, status: 'hibernating' })),
  pending_status: () => changeData(data => ({ ...data, status: 'pending' })),
  foreign_urls: () => changeData(data => ({ ...data, urls: { get: 'https://stranger.invalid/take-the-key' } })),
  error_object: () => changeData(data => ({ ...data, error: { code: 'E1001', message: data.error } })),
  output_objects: () => changeData(data => ({ ...data, outputs: listOf(data.outputs).map(url => ({ url })) })),
  output_data_uris: () => changeData(data => ({ ...data, outputs: listOf(data.outputs).map(base64 => `data:image/png;base64,${String(base64)}`) })),
  no_outputs: () => changeData(data => ({ ...data, outputs: [] })),
  strange_outputs: () => changeData(data => ({ ...data, outputs: [{ picture: 1 }] })),
  bad_id: () => changeData(data => ({ ...data, id: '../../balance' })),
  no_nsfw: () => changeData(({ has_nsfw_contents: _, ...data }) => data)
}

type Data = Readonly<Record<string, unknown>>

function changeData (change: (data: Data) => unknown) {
  return { change: changeBody(body => ({ ...body, data: change(body.data as Data) })) } // an answer of `success`
}

function changeBody (change: (body: Data) => unknown) {
  return (answer: Answer): Answer => ({ ...answer, body: Buffer.from(JSON.stringify(change(JSON.parse(answer.body.toString())))) })
}

function listOf (value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function errorText (code: number): string {
  const [, text] = Object.values(errors).find(([status]) => status === code) ?? [code, 'something went wrong']
  return text
}
