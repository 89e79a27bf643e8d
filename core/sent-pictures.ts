import type { FetchImages, ImageAddress } from './image-urls.ts'
import type { EditInput } from './request.ts'

/** A picture as its caller has sent it, or where the caller says it is. */
export type SentPicture = Buffer | ImageAddress

/** A request whose pictures may still have to be fetched. */
export interface SentInput extends Omit<EditInput, 'images' | 'mask' | 'background' | 'lighting'> {
  readonly images: readonly SentPicture[]
  readonly mask?: SentPicture | undefined
  readonly background?: SentPicture | undefined
  readonly lighting?: SentPicture | undefined
}

export type Pictures = Pick<EditInput, 'images' | 'mask' | 'background' | 'lighting'>

/**
 * The pictures themselves. Where all have been sent nothing is asked for.
 * @throws what `fetchImages` throws
 */
export async function presentPictures ({ images, mask, background, lighting }: Pick<SentInput, keyof Pictures>, fetchImages: (pictures: readonly SentPicture[]) => ReturnType<FetchImages>): Promise<Pictures> {
  const sent = [...images, mask, background, lighting].filter(picture => picture !== undefined)
  const bytes = sent.every(picture => Buffer.isBuffer(picture)) ? sent : await fetchImages(sent)
  const bytesOf = (picture: SentPicture | undefined) => picture === undefined ? undefined : bytes[sent.indexOf(picture)]
  return { images: bytes.slice(0, images.length), mask: bytesOf(mask), background: bytesOf(background), lighting: bytesOf(lighting) }
}
