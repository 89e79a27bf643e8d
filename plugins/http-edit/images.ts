import type { ProcessBody } from './schemas.ts'
import type { SentFile } from './sent-image.ts'

/** The image to edit, then the references, each with its field's name. One of the fields is there: the schema sees to it. */
export function imagesOf ({ image_base64: image, images_base64: images = [] }: ProcessBody): Array<{ readonly image: string | SentFile, readonly field: string }> {
  return [
    ...image === undefined ? [] : [{ image, field: 'image_base64' }],
    ...images.map((reference, index) => ({ image: reference, field: `images_base64[${index}]` }))
  ]
}
