/** What of an error is this API's own. */
export interface RefusalFacts {
  /** Name of the parameter that is wrong. */
  readonly param?: string | null
  readonly code?: string | null
  readonly type?: 'invalid_request_error' | 'image_generation_user_error'
  readonly statusCode?: number
}

/** The caller's mistake, found by this face. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly statusCode: number
  readonly type: string
  readonly code: string | null
  readonly param: string | null

  constructor (message: string, { param = null, code = null, type = 'invalid_request_error', statusCode = 400 }: RefusalFacts = {}) {
    super(message)
    this.statusCode = statusCode
    this.type = type
    this.code = code
    this.param = param
  }
}

/** A value that cannot be taken. @param why a sentence with the remedy */
export function invalidValue (param: string, why: string): Refusal {
  return new Refusal(why, { param, code: 'invalid_value' })
}

/** What a caller wrote, as a message may show it. */
export function shown (text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

/** "'a', 'b', and 'c'" */
export function listed (names: readonly string[]): string {
  const quoted = names.map(name => `'${name}'`)
  if (quoted.length < 3) return quoted.join(' and ')
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`
}
