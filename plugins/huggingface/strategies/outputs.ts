import type { EditError as KernelError, ResultImage } from '../../../core/index.ts'
import type { EditErrorClass } from '../errors.ts'

const longestPath = 500

/**
 * The path of an address that a provider calls its own. That is all that is kept of it: the token goes to the router and
 * nowhere else, so the path is asked for there. undefined when it is no such address.
 */
export function pathOf (address: string | undefined): string | undefined {
  const url = address === undefined ? null : URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname === '/' || url.pathname.length > longestPath) return undefined
  return url.pathname
}

/** A result: an address, a data URI or bare base64. */
export function imageIn (text: string): ResultImage | undefined {
  if (/^https?:\/\//.test(text)) return { url: text }
  const [, base64 = text] = /^data:[^,]*;base64,(.*)$/s.exec(text) ?? []
  return /^[A-Za-z0-9+/]{8,}={0,2}$/.test(base64) ? { bytes: Buffer.from(base64, 'base64') } : undefined
}

/** A seed that a number can hold: fal has larger ones. */
export function seedIn (seed: unknown): { seed?: number } {
  return typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0 ? { seed } : {}
}

/** Without the vendor's own words: the kernel takes the token out of the errors of `classify` alone. */
export function noPicture (EditError: EditErrorClass, provider: string): KernelError {
  return new EditError('EDIT_ERR_PROVIDER_RESPONSE', `${provider} answered without a picture`)
}

export function unknownStatus (EditError: EditErrorClass, provider: string, status: string): KernelError {
  const shown = /^[A-Za-z_]{1,24}$/.test(status) ? ` "${status}"` : ''
  return new EditError('EDIT_ERR_PROVIDER_RESPONSE', `${provider} gives the job an unknown status${shown}`)
}
