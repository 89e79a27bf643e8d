import type { Edits } from '../../core/index.ts'
import { isBodyFile, type BodyFile } from '../_http/body-file.ts'

/**
 * @param field the caller's name of it
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID for what is no base64
 */
export function bytesOf (image: string | BodyFile, field: string, decodeBase64: Edits['decodeBase64']): Buffer {
  return isBodyFile(image) ? image.bytes(field) : decodeBase64(image, field)
}
