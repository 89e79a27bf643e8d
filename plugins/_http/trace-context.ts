import { randomBytes } from 'node:crypto'

/** https://www.w3.org/TR/trace-context-2/: later versions may add fields behind these. */
const pattern = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/
/** Sampled, and a trace id that is random throughout: the flags that have a meaning. */
const knownFlags = 0x03

/**
 * The caller's `traceparent` as the calls to vendors carry it on: the same trace and flags, and an id of this hop's own.
 * undefined for what is no trace context: then there is none, as the standard says.
 */
export function continueTrace (header: string | readonly string[] | undefined): string | undefined {
  const [, version, traceId, flags, more] = pattern.exec(String(header)) ?? []
  if (traceId === undefined || flags === undefined || (version === '00' && more !== undefined)) return undefined
  const kept = (parseInt(flags, 16) & knownFlags).toString(16).padStart(2, '0')
  return `00-${traceId}-${spanId()}-${kept}`
}

function spanId (): string {
  const id = randomBytes(8)
  // All zeros are no id.
  id.writeUInt8(id.readUInt8() | 1)
  return id.toString('hex')
}
