import type { FastifyInstance } from 'fastify'
import type { Edits } from '../../core/index.ts'

/** An image that came in a body, already decoded. */
export type SentFile = Awaited<ReturnType<FastifyInstance['bodies']['file']>>

/** No JSON makes a value with a function in it: this one cannot be forged. */
export function isSentFile (value: unknown): value is SentFile {
  return typeof value === 'object' && value !== null && 'bytes' in value && typeof value.bytes === 'function'
}

/**
 * @param field the caller's name of it
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID for what is no base64
 */
export function bytesOf (image: string | SentFile, field: string, decodeBase64: Edits['decodeBase64']): Buffer {
  return isSentFile(image) ? image.bytes(field) : decodeBase64(image, field)
}
