import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { ProviderResult, UpstreamAnswer } from '../../core/index.ts'
import type { EditErrorClass } from './errors.ts'

/** The picture as JSON, if that is how it comes: `result` stood in place of `image` in asynchronous results of 2024. */
const Picture = Type.Object({
  image: Type.Optional(Type.String({ minLength: 1 })),
  result: Type.Optional(Type.String({ minLength: 1 })),
  seed: Type.Optional(Type.Integer({ minimum: 0 }))
})

/**
 * Reads a finished picture.
 * @throws {EditError} EDIT_ERR_PROVIDER_RESPONSE when the answer holds none
 */
export function readResult ({ headers, body, json }: UpstreamAnswer, EditError: EditErrorClass): ProviderResult {
  const vendorRequestId = headers['x-request-id']
  const common = { ...vendorRequestId !== undefined && { vendorRequestId } }
  if (/^(image\/|application\/octet-stream)/.test(headers['content-type'] ?? '') && body.length > 0) {
    return { images: [{ bytes: body }], ...common, ...headers.seed !== undefined && { seed: Number(headers.seed) } }
  }
  const { image, result = image, seed } = Value.Check(Picture, json) ? json : {}
  if (result === undefined) throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'Stability AI answered without a picture')
  return { images: [{ bytes: Buffer.from(result, 'base64') }], ...common, ...seed !== undefined && { seed } }
}
