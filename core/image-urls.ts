import { EditError, type ErrorCode } from './errors.ts'
import { AddressRefused, hostOf } from './upstream/guard.ts'
import type { Download, Hold } from './upstream/types.ts'

/** A picture that a caller has not sent, but said where it is. */
export interface ImageAddress {
  readonly url: string
  /** The caller's own name of it. */
  readonly field: string
}

/**
 * The pictures of one request in their order: those that were sent as they are, the others fetched, several at a time, each at
 * most as large as an image may be, together as a body may be, within a limited time. Only over https from public addresses,
 * unless the operator has said otherwise twice. With the first that fails all end.
 * @param call `hold` is told of memory that files take, as soon as it is known
 * @throws {EditError} what `hold` throws; EDIT_ERR_INVALID_REQUEST for an address that is not to be asked, EDIT_ERR_IMAGE_INVALID for one that gives
 * no file, EDIT_ERR_IMAGE_TOO_LARGE; by field and host: the rest of an address may be a signature
 * @throws the signal's reason when the caller has gone
 */
export type FetchImages = (pictures: ReadonlyArray<Buffer | ImageAddress>, call: { readonly signal: AbortSignal, readonly hold?: Hold }) => Promise<Buffer[]>

export interface ImageFetchOptions {
  /** As configured: none, from every public host, or from these. */
  readonly imageUrls: boolean | readonly string[]
  /** Holds every hop against `imageUrls`. */
  readonly download: Download
  /** Bytes: of one picture, and of all of a request together. */
  readonly limits: { readonly maxBytes: number, readonly bodyBytes: number }
  /** For all pictures of a request together. */
  readonly timeoutMs?: number
}

const atOnce = 4

export function createImageFetch ({ imageUrls, download, limits: { maxBytes, bodyBytes }, timeoutMs = 20_000 }: ImageFetchOptions): FetchImages {
  if (imageUrls === false) return refuseAddresses
  return async (pictures, { signal, hold }) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const ended = new AbortController()
    const stopped = AbortSignal.any([signal, timeout, ended.signal])
    const images = new Array<Buffer>(pictures.length)
    const waiting = pictures.entries()
    let coming = 0

    async function fetchImage (address: ImageAddress): Promise<Buffer> {
      const count = (bytes: number) => {
        coming += bytes
        if (coming > bodyBytes) throw refusal('EDIT_ERR_IMAGE_TOO_LARGE', address, `is, with the other pictures, larger than ${bodyBytes} bytes`)
        hold?.(bytes)
      }
      try {
        return await download(address.url, { signal: stopped, maxBytes, hold: count })
      } catch (error) {
        signal.throwIfAborted()
        if (timeout.aborted) throw refusal('EDIT_ERR_IMAGE_INVALID', address, `did not come within ${timeoutMs / 1000} seconds`, { reason: 'TIMEOUT' })
        throw error instanceof EditError && error.code === 'EDIT_ERR_PROVIDER_RESPONSE' ? inCallersWords(error, address, maxBytes) : error
      }
    }

    async function fetchWaiting (): Promise<void> {
      for (const [index, picture] of waiting) images[index] = Buffer.isBuffer(picture) ? picture : await fetchImage(picture)
    }

    try {
      await Promise.all(Array.from({ length: atOnce }, fetchWaiting))
      return images
    } finally {
      ended.abort()
    }
  }
}

/** Where the operator has not allowed it. */
export const refuseAddresses = async (pictures: Parameters<FetchImages>[0]): Promise<Buffer[]> => pictures.map(picture => {
  if (Buffer.isBuffer(picture)) return picture
  const { field } = picture
  throw new EditError('EDIT_ERR_INVALID_REQUEST', `${field}: pictures are not fetched from addresses here; send the picture itself. The operator can allow it by downloads.imageUrls`, { details: { field } })
})

/** Nothing that the host has answered is in it but the status: neither text nor where it redirects. */
function inCallersWords ({ cause, details: { status, reason, redirects } }: EditError, address: ImageAddress, maxBytes: number): EditError {
  const refuse = (code: ErrorCode, trouble: string, facts: object) => refusal(code, address, trouble, facts, redirects !== undefined)
  if (status !== undefined) return refuse('EDIT_ERR_IMAGE_INVALID', `was answered by ${status}`, { status })
  if (cause instanceof AddressRefused) return refuse('EDIT_ERR_INVALID_REQUEST', cause.message, { reason })
  // Not told apart from a private name: it would show which names a network has inside.
  if (reason === 'ENOTFOUND') return refuse('EDIT_ERR_INVALID_REQUEST', 'is not on the public internet', { reason: 'ADDRESS_REFUSED' })
  if (reason === 'ANSWER_TOO_LARGE') return refuse('EDIT_ERR_IMAGE_TOO_LARGE', `is larger than ${maxBytes} bytes`, { reason })
  return refuse('EDIT_ERR_IMAGE_INVALID', `cannot be fetched (${reason})`, { reason })
}

function refusal (code: ErrorCode, { url, field }: ImageAddress, trouble: string, facts: object = {}, isRedirected = false): EditError {
  const host = hostOf(url)
  const file = isRedirected ? `the file to which ${host} redirects` : `the file at ${host}`
  return new EditError(code, `${field}: ${file} ${trouble}; send the picture itself, or another address`, { details: { field, host, ...facts } })
}
