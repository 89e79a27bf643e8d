/** A body that cannot be read, in the words of nobody's API: the face puts them into its own. */
export class BodyRefusal extends Error {
  override readonly name = 'BodyRefusal'
  readonly statusCode: number
  readonly code: string
  /** Byte of the body at which it breaks. */
  readonly position: number | undefined

  constructor (statusCode: 400 | 413 | 415 | 422, code: 'BODY_INVALID' | 'BODY_TOO_LARGE' | 'BODY_NO_JSON', message: string, position?: number) {
    super(message)
    this.statusCode = statusCode
    this.code = code
    this.position = position
  }
}

export const refuse = (message: string) => new BodyRefusal(400, 'BODY_INVALID', message)
export const tooLarge = (message: string) => new BodyRefusal(413, 'BODY_TOO_LARGE', message)
