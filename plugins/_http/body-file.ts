import type { FastifyInstance } from 'fastify'

/** Bytes that came in a body, decoded: what `app.bodies` makes of files and of long texts. */
export type BodyFile = Awaited<ReturnType<FastifyInstance['bodies']['file']>>

/** No JSON makes a value with a function in it: this one cannot be forged. */
export function isBodyFile (value: unknown): value is BodyFile {
  return typeof value === 'object' && value !== null && 'bytes' in value && typeof value.bytes === 'function'
}
