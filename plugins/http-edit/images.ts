import type { Edits, EditInput, ImageAddress, SentInput } from '../../core/index.ts'
import type { BodyFile } from '../_http/body-file.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'
import type { ProcessBody } from './schemas.ts'
import { bytesOf } from './sent-image.ts'

export interface Images extends Pick<SentInput, 'images' | 'mask' | 'background' | 'lighting'> {
  /** By which names they were sent. */
  readonly fields: Pick<EditInput['fields'], 'image' | 'images' | 'mask' | 'background' | 'lighting'>
}

/** An image as it was sent: in the body, or by its address. */
type SentImage = ImageAddress | { readonly image: string | BodyFile, readonly field: string }

type Name = 'image' | 'mask' | 'background_image' | 'lighting_image'

/**
 * The images of a request: what came in the body is decoded, the others stay addresses.
 * @throws {Refusal} for an image that is sent in two ways, or an address where no address can be
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID for what is no base64
 */
export function readImages (body: ProcessBody, { decodeBase64 }: Pick<Edits, 'decodeBase64'>): Images {
  const images = imagesOf(body)
  const [mask, background, lighting] = (['mask', 'background_image', 'lighting_image'] as const).map(name => optional(body, name))
  const read = (image: SentImage) => 'url' in image ? image : bytesOf(image.image, image.field, decodeBase64)
  return {
    images: images.map(read),
    mask: mask && read(mask),
    background: background && read(background),
    lighting: lighting && read(lighting),
    fields: {
      image: 'image_base64',
      images: images.map(({ field }) => field),
      mask: mask?.field ?? 'mask_base64',
      background: background?.field ?? 'background_image_base64',
      lighting: lighting?.field ?? 'lighting_image_base64'
    }
  }
}

/** The image to edit, then the references. One of the fields is there: the schema sees to it. */
function imagesOf (body: ProcessBody): SentImage[] {
  const { images_base64: images = [], image_urls: urls = [] } = body
  if (images.length > 0 && urls.length > 0) throw twice('image_urls', 'images_base64', urls)
  const first = optional(body, 'image')
  return [
    ...first === undefined ? [] : [first],
    ...images.map((image, index) => inBody(image, `images_base64[${index}]`, ['images_base64', index], 'image_urls')),
    ...urls.map((url, index) => ({ url, field: `image_urls[${index}]` }))
  ]
}

function optional (body: ProcessBody, name: Name): SentImage | undefined {
  const [inText, byAddress] = [`${name}_base64`, `${name}_url`] as const
  const { [inText]: image, [byAddress]: url } = body
  if (url === undefined) return image === undefined ? undefined : inBody(image, inText, [inText], byAddress)
  if (image !== undefined) throw twice(byAddress, inText, url)
  return { url, field: byAddress }
}

function inBody (image: string | BodyFile, field: string, place: ReadonlyArray<string | number>, byAddress: string): SentImage {
  // It would be refused as base64, by a message about its characters.
  if (typeof image !== 'string' || !/^\s*https?:/i.test(image)) return { image, field }
  throw new Refusal(422, [issue('value_error', ['body', ...place], image, { error: `it is an address: send it as ${byAddress}` })])
}

function twice (name: string, other: string, sent: unknown): Refusal {
  return new Refusal(422, [issue('value_error', ['body', name], sent, { error: `${other} is sent too: send one of them` })])
}
