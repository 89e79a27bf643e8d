import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { ResultImage } from '../../core/index.ts'

const nullish = <T extends TSchema> (schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))

/** Only the id is guaranteed. It ends up in a path, so its letters matter more than its length. */
const Task = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }),
  status: nullish(Type.String()),
  outputs: nullish(Type.Array(Type.Unknown())),
  error: Type.Optional(Type.Unknown()),
  /** 5004: a synchronous call ran out of time, and the task goes on. */
  code: Type.Optional(Type.Unknown()),
  /** Not in the documentation since September 2026. */
  has_nsfw_contents: Type.Optional(Type.Unknown())
})
export type Task = Static<typeof Task>

const OutputObject = Type.Object({ url: Type.String() })

const running = ['created', 'pending', 'processing']
const syncTimeoutCode = 5004

/** The task in an answer's JSON, which stands in `data`, or is the whole; undefined when there is none. */
export function readTask (json: unknown): Task | undefined {
  const task = dataIn(json)
  return Value.Check(Task, task) ? task : undefined
}

/** What an envelope holds; the whole where there is no envelope. */
export function dataIn (json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('data' in json) || typeof json.data !== 'object') return json
  return json.data
}

/** What a task's status says, whatever else may be in it: no status at all is one that has just been created. */
export function statusOf ({ status, code }: Task): string {
  return code === syncTimeoutCode ? 'processing' : status ?? 'created'
}

/** Is it a word that the documentation has for a task that is not over? */
export function isRunning (status: string): boolean {
  return running.includes(status)
}

/** Did the vendor mark a picture as not safe for work? */
export function isMarked ({ has_nsfw_contents: marks }: Task): boolean {
  return Array.isArray(marks) && marks.includes(true)
}

/** The error of a task in words: it is a text, or seen at others, an object with `code` and `message`. */
export function errorOf ({ error }: Task): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message)
  return typeof error === 'string' ? error : ''
}

/**
 * The pictures of a completed task: addresses, or base64 with or without the head of a data URI; undefined when it has none, or
 * one that is neither.
 */
export function imagesOf ({ outputs }: Task): readonly [ResultImage, ...ResultImage[]] | undefined {
  const images = (outputs ?? []).map(imageOf)
  const [first, ...rest] = images.filter(image => image !== undefined)
  return first === undefined || rest.length + 1 < images.length ? undefined : [first, ...rest]
}

function imageOf (output: unknown): ResultImage | undefined {
  if (Value.Check(OutputObject, output)) return { url: output.url }
  if (typeof output !== 'string' || output === '') return undefined
  if (/^https?:/i.test(output)) return { url: output }
  return { bytes: Buffer.from(output.slice(output.startsWith('data:') ? output.indexOf(',') + 1 : 0), 'base64') }
}
