import { createHmac, timingSafeEqual } from 'node:crypto'

/** Signs names with the time until which they hold. */
export interface Signer {
  /** @param expires seconds since the epoch */
  sign (name: string, expires: number): string
  /** Whether the signature is ours, for this name and time. It takes as long whatever is wrong with it. */
  isSigned (name: string, expires: string, signature: string): boolean
}

export function createSigner (key: string | Buffer): Signer {
  const digest = (name: string, expires: string) => createHmac('sha256', key).update(`${name}\n${expires}`).digest()
  return {
    sign: (name, expires) => digest(name, String(expires)).toString('base64url'),
    isSigned (name, expires, signature) {
      const expected = digest(name, expires)
      const given = Buffer.from(signature, 'base64url')
      return given.length === expected.length && timingSafeEqual(given, expected)
    }
  }
}
