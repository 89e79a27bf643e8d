import { createHash } from 'node:crypto'
import type { SentInput } from './sent-pictures.ts'

/** What is kept of a keyed request. */
export interface IdempotencyRecord<T> {
  readonly fingerprint: string
  /** Settles with the request's outcome; the same for all who wait. */
  readonly outcome: Promise<T>
}

/** Where keyed requests are remembered. In memory here; a durable store takes its place by the same three calls. */
export interface IdempotencyStore<T> {
  get (key: string): IdempotencyRecord<T> | undefined
  /** Remembers a request that has begun. */
  begin (key: string, record: IdempotencyRecord<T>): void
  /** Forgets a key, because nothing came of it that could have cost anything; or weighs its outcome for the store's bounds. */
  finish (key: string, verdict: { readonly keep: false } | { readonly keep: true, readonly bytes: number }): void
}

export interface MemoryStoreOptions {
  readonly ttlMs: number
  /** Of all outcomes together: the oldest are forgotten first. */
  readonly maxBytes: number
  readonly now?: () => number
}

export function createMemoryStore<T> ({ ttlMs, maxBytes, now = () => performance.now() }: MemoryStoreOptions): IdempotencyStore<T> {
  // A Map keeps the order of insertion: the first entries are the oldest.
  const entries = new Map<string, { record: IdempotencyRecord<T>, at: number, bytes: number | undefined }>()
  let bytes = 0

  const forget = (key: string) => {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  const sweep = () => {
    for (const [key, entry] of entries) {
      // What still runs is never forgotten: it would be started again.
      if (entry.bytes === undefined) continue
      if (now() - entry.at < ttlMs && bytes <= maxBytes) break
      forget(key)
    }
  }

  return {
    get (key) {
      sweep()
      return entries.get(key)?.record
    },
    begin (key, record) {
      // What is gone on with has an outcome already.
      forget(key)
      entries.set(key, { record, at: now(), bytes: undefined })
    },
    finish (key, verdict) {
      const entry = entries.get(key)
      if (entry === undefined) return
      if (!verdict.keep) return forget(key)
      // To the end: its time counts from now.
      entries.delete(key)
      entries.set(key, { ...entry, at: now(), bytes: verdict.bytes })
      bytes += verdict.bytes
      sweep()
    }
  }
}

/** SHA-256 over everything that makes a request what it is: images byte by byte, those that are elsewhere by their addresses. */
export function fingerprintOf ({ images, mask, background, lighting, ...rest }: SentInput): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(rest, sortKeys))
  for (const [name, picture] of [...images.map(image => ['image', image] as const), ['mask', mask], ['background', background], ['lighting', lighting]] as const) {
    if (picture === undefined) continue
    const [how, bytes] = Buffer.isBuffer(picture) ? ['', picture] : ['at', Buffer.from(picture.url)]
    hash.update(`\0${name} ${how}${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** Two requests that differ in the order of their fields alone are the same. */
function sortKeys (_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1))
}
