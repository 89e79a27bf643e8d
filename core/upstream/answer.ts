import type { RawAnswer } from './exchange.ts'
import type { Redact } from './redact.ts'
import type { UpstreamAnswer } from './types.ts'

const longestText = 300
// Enough to find 300 characters and the secrets in them; a hostile vendor's text may have any length.
const longestScan = 4096

/** Adds the body as JSON to an answer, parsed when it is first asked for: most large bodies are images. */
export function toAnswer ({ status, headers, body }: RawAnswer): UpstreamAnswer {
  let parsed: { readonly json: unknown } | undefined
  return {
    status,
    headers,
    body,
    get json () {
      parsed ??= { json: parseJson(body, headers['content-type']) }
      return parsed.json
    }
  }
}

/**
 * What the vendor says went wrong, in one line of at most 300 characters: `error`, `message`, `detail` or `errors`, the
 * first text in it, else a plain text; else ''.
 */
export function vendorText ({ json, headers, body }: UpstreamAnswer, redact: Redact): string {
  const text = textIn(json) ?? (headers['content-type']?.startsWith('text/plain') ? body.toString('utf8', 0, longestScan) : '')
  return redact(text.slice(0, longestScan)).replace(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, longestText)
}

// Vendors write {"error":"…"}, {"error":{"message":"…"}}, {"errors":["…"]}, {"detail":[{"msg":"…"}]}.
function textIn (value: unknown, depth = 0): string | undefined {
  if (depth > 0 && typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || depth > 3) return undefined
  const inner = Array.isArray(value) ? value.slice(0, 1) : ['error', 'message', 'detail', 'errors', 'msg'].map(name => Reflect.get(value, name))
  return inner.map(item => textIn(item, depth + 1)).find(text => text !== undefined && text !== '')
}

function parseJson (body: Buffer, contentType = ''): unknown {
  if (!/json/i.test(contentType) && !/^\s*[[{]/.test(body.toString('latin1', 0, 64))) return undefined
  try {
    const value: unknown = JSON.parse(body.toString())
    return hasPrototypeKeys(value) ? undefined : value
  } catch {
    return undefined
  }
}

// A loop, not a recursion: an answer may be nested deeper than the stack.
function hasPrototypeKeys (root: unknown): boolean {
  const open = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    if (Object.hasOwn(value, '__proto__') || (Object.hasOwn(value, 'constructor') && Object.hasOwn(Object(Reflect.get(value, 'constructor')), 'prototype'))) return true
    // Not push(...items): an array may have more items than a call takes arguments.
    for (const item of Object.values(value)) open.push(item)
  }
  return false
}
