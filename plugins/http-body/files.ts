import type { FastifyInstance } from 'fastify'
import { textOf, type RawPart } from './multipart.ts'
import type { BodyFile, FormPart } from './types.ts'

/** Text up to here is a value; a longer one can only be an image. Bytes. */
const longestText = 64 * 1024

type Kernel = Pick<FastifyInstance, 'edits' | 'EditError'>

/** Bytes as they are. */
export function fileOf (bytes: Buffer, mediaType: string | undefined, { EditError }: Kernel): BodyFile {
  return {
    mediaType,
    bytes (field) {
      if (bytes.length === 0) throw new EditError('EDIT_ERR_IMAGE_INVALID', `${field}: is empty; it must hold an image`, { details: { field } })
      return bytes
    },
    preview: length => bytes.toString('latin1', 0, length)
  }
}

/** A part of a form as its face gets it. */
export function partOf (part: RawPart, kernel: Kernel): FormPart[] {
  const { name, fileName, mediaType, bytes } = part
  const isFile = fileName !== undefined || (mediaType !== undefined && !/^(?:text\/|application\/json)/i.test(mediaType))
  // A browser sends a file input that nobody has filled as a file without name or bytes.
  if (isFile && !fileName && bytes.length === 0) return []
  if (isFile) return [{ name, value: fileOf(bytes, mediaType, kernel) }]
  if (bytes.length <= longestText) return [{ name, value: textOf(part) }]
  return [{ name, value: { bytes: field => kernel.edits.decodeBase64(bytes, field), preview: length => bytes.toString('latin1', 0, length) } }]
}
