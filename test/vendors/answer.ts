/** What an emulator sends back: whole, before any fault gets at it. */
export interface Answer {
  readonly status: number
  /** Lower-case names; content-length is added when it is written. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export function jsonAnswer (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(JSON.stringify(value)) }
}

export function bytesAnswer (status: number, contentType: string, body: Buffer | string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': contentType, ...headers }, body: Buffer.from(body) }
}
