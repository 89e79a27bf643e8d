const longest = 255

/**
 * The key of an `Idempotency-Key` header: plain, or as the draft of the IETF writes it, in quotes with `\"` and `\\` for a
 * quote and a backslash. Both forms of a key are one key. undefined = there is no such header.
 * @param refuse makes the face's own error for what is neither, out of a sentence and what was sent
 */
export function readIdempotencyKey (header: string | readonly string[] | undefined, refuse: (problem: string, sent: string) => Error): string | undefined {
  if (header === undefined) return undefined
  const text = typeof header === 'string' ? header : header.join(', ')
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1]
  const key = quoted === undefined ? text : quoted.replaceAll(/\\(.)/g, '$1')
  if (/^[\x21-\x7e]+$/.test(key) && key.length <= longest && (quoted !== undefined || !key.startsWith('"'))) return key
  throw refuse(`the Idempotency-Key is 1 to ${longest} visible ASCII characters, sent once, plain or in quotes`, text)
}
