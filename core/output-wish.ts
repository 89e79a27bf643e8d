import { EditError } from './errors.ts'
import type { ImageLimits } from './imaging/limits.ts'
import type { EditInput } from './request.ts'

/** Formats that hold transparency. */
const transparent = ['image/png', 'image/webp', 'image/avif']

/**
 * Checks what the request says of its result.
 * @throws {EditError} EDIT_ERR_INVALID_REQUEST with the caller's name of the field in `details.field`
 */
export function checkOutput ({ output, fields }: Pick<EditInput, 'output' | 'fields'>, { maxSide, maxPixels }: ImageLimits): void {
  const { size, background, format, quality } = output
  const { outputSize = 'output size', outputBackground = 'background' } = fields
  const refuse = (field: string, what: string) => new EditError('EDIT_ERR_INVALID_REQUEST', `${field}: ${what}`, { details: { field } })
  if (typeof size === 'object') {
    const { width, height } = size
    if (Math.min(width, height) < 1 || Math.max(width, height) > maxSide) throw refuse(outputSize, `sides go from 1 to ${maxSide} pixels`)
    if (width * height > maxPixels) throw refuse(outputSize, `${width}×${height} are more than ${maxPixels} pixels`)
  }
  if (quality !== undefined && (quality < 1 || quality > 100)) throw refuse('output quality', 'goes from 1 to 100')
  if (background === undefined) return
  if (background === 'transparent') {
    if (!transparent.includes(format)) throw refuse(outputBackground, `${format} has no transparency: take PNG, WebP or AVIF, or a colour`)
  } else if (!/^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(background)) {
    throw refuse(outputBackground, 'must be transparent or a colour as #rgb or #rrggbb')
  }
}
