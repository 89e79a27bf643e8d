import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { EncodedImage, ProviderEdit, Upstream } from '../../core/index.ts'
import { withBilled, type EditErrorClass } from './errors.ts'
import { dataIn } from './task.ts'
import type { SentImages } from './types.ts'

const Upload = Type.Object({ method: Type.Literal('PUT'), url: Type.String(), headers: Type.Optional(Type.Record(Type.String(), Type.String())) })
type Upload = Static<typeof Upload>

const Ticket = Type.Object({ download_url: Type.String(), upload: Upload })

const Uploaded = Type.Object({ download_url: Type.String() })

export interface ImageOptions {
  readonly upstream: Upstream
  readonly EditError: EditErrorClass
  /** Most base64 in one body; above it all pictures of an edit are uploaded first. */
  readonly inlineBytes: number
}

/**
 * The pictures of an edit as its body takes them: data URIs, or addresses of uploads where those would make the body too large.
 * Uploads cost nothing, are kept for 7 days, and whoever has the address can see them.
 * @throws {EditError} for an upload that failed, billed no
 */
export async function sendImages (edit: ProviderEdit, options: ImageOptions, signal: AbortSignal): Promise<SentImages> {
  const { images, mask } = edit
  const base64Bytes = [...images, ...mask === undefined ? [] : [mask]].reduce((sum, { bytes }) => sum + 4 * Math.ceil(bytes.length / 3), 0)
  return base64Bytes <= options.inlineBytes ? inlineImages(edit) : await uploadImages(edit, options, signal)
}

/** As data URIs. No bytes are copied: the body is written from them. */
export function inlineImages ({ images: [first, ...rest], mask }: ProviderEdit): SentImages {
  const inline = ({ bytes, mediaType }: EncodedImage) => ({ base64: bytes, prefix: `data:${mediaType};base64,` })
  return { images: [inline(first), ...rest.map(inline)], ...mask && { mask: inline(mask) } }
}

async function uploadImages ({ images: [first, ...rest], mask }: ProviderEdit, options: UploadOptions, signal: AbortSignal): Promise<SentImages> {
  const stopped = new AbortController()
  const one = async (image: EncodedImage, name: string) => await upload(image, name, options, AbortSignal.any([signal, stopped.signal]))
  try {
    const [image, references, sentMask] = await Promise.all([
      one(first, 'image-1'),
      Promise.all(rest.map((reference, index) => one(reference, `image-${index + 2}`))),
      mask && one(mask, 'mask')
    ])
    return { images: [image, ...references], ...sentMask !== undefined && { mask: sentMask } }
  } catch (err) {
    // What the others still send nobody will use.
    stopped.abort()
    const { EditError } = options
    throw err instanceof EditError ? withBilled(err, 'no', EditError) : err
  }
}

type UploadOptions = Omit<ImageOptions, 'inlineBytes'>

/** A ticket, then a PUT to the storage with exactly the ticket's headers; where there are no tickets, the older form. */
async function upload (image: EncodedImage, name: string, options: UploadOptions, signal: AbortSignal): Promise<string> {
  const filename = `${name}.${image.mediaType.replace('image/', '')}`
  const ticket = await askForTicket(image, filename, options, signal)
  if (ticket === undefined) return await uploadAsForm(image, filename, options, signal)
  await follow(ticket.upload, image.bytes, options, signal)
  return ticket.download_url
}

async function askForTicket ({ bytes, mediaType }: EncodedImage, filename: string, { upstream, EditError }: UploadOptions, signal: AbortSignal) {
  const request = { filename, size: bytes.length, content_type: mediaType }
  try {
    const { json } = await upstream.post('/api/v3/media/uploads', { json: request }, { signal, free: true })
    const ticket = dataIn(json)
    if (Value.Check(Ticket, ticket)) return ticket
  } catch (err) {
    if (err instanceof EditError && (err.details.status === 404 || err.details.status === 405)) return undefined
    throw err
  }
  throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'WaveSpeed answered without a place for an upload')
}

async function follow ({ url, headers = {} }: Upload, bytes: Buffer, { upstream, EditError }: UploadOptions, signal: AbortSignal): Promise<void> {
  try {
    await upstream.upload(url, bytes, { signal, headers })
  } catch (cause) {
    if (signal.aborted || cause instanceof EditError) throw cause
    // Headers that HTTP cannot carry, or that would carry the key to the storage.
    throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'what WaveSpeed asks of an upload cannot be done', { cause })
  }
}

async function uploadAsForm ({ bytes, mediaType }: EncodedImage, filename: string, { upstream, EditError }: UploadOptions, signal: AbortSignal): Promise<string> {
  const form = [{ name: 'file', value: bytes, filename, contentType: mediaType }]
  const { json } = await upstream.post('/api/v3/media/upload/binary', { form }, { signal, free: true })
  const uploaded = dataIn(json)
  if (!Value.Check(Uploaded, uploaded)) throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'WaveSpeed answered without the address of an upload')
  return uploaded.download_url
}
