import type { EditError } from '../errors.ts'

/** What `app.createUpstream(…)` takes: one vendor's HTTP API. */
export interface UpstreamOptions {
  /** For logs and error texts: usually the plugin's name. */
  readonly name: string
  /** http(s) origin, with a path prefix if the API has one. */
  readonly baseUrl: string
  /** Sent with every call to the base URL's origin, and nowhere else. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Values (keys, tokens) that must never appear in an error or log: replaced wherever a vendor echoes them, in any case,
   * also URL- or base64-encoded. What `headers` sends as authorization, key or token is among them unasked.
   */
  readonly secrets?: readonly string[]
  /** Milliseconds to an open connection (TLS included). Default 10 000. Kept to about a second, like all three. */
  readonly connectTimeoutMs?: number
  /** Milliseconds from the request written to the answer's headers, a long upload included. Default 300 000. */
  readonly headersTimeoutMs?: number
  /** Milliseconds between two pieces of the answer's body. Default 60 000. */
  readonly bodyTimeoutMs?: number
  /** Largest answer, bytes. Default 128 MiB. */
  readonly maxResponseBytes?: number
  /**
   * The vendor's own table. Called with every complete answer, 2xx included (failures hide there). Returns the error that
   * the answer means, or undefined: then a 2xx is returned to the caller and any other status gets the default mapping.
   */
  readonly classify?: (answer: UpstreamAnswer) => EditError | undefined
}

export interface UpstreamAnswer {
  readonly status: number
  /** Lower-case names; a repeated header is joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** The whole body, at most `maxResponseBytes`. */
  readonly body: Buffer
  /** The body parsed as JSON, undefined when it is none. Parsed once, prototype keys refused. Check it with a schema before use. */
  readonly json: unknown
}

export interface UpstreamCall {
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  /** The vendor charges nothing for this call (creating an upload, say): whatever happens to it, it was not billed. For `post`. */
  readonly free?: boolean
}

/** Stands in a JSON body for the base64 text of an image, written in pieces when the body is sent: no big string is made. */
export interface Base64Value {
  readonly base64: Buffer
  /** E.g. `data:image/png;base64,`. */
  readonly prefix?: string
}

export interface FormPart {
  readonly name: string
  /** Text, or a file's bytes. */
  readonly value: string | Buffer
  /** Files only. */
  readonly filename?: string
  readonly contentType?: string
}

export type UpstreamBody =
  | { readonly json: unknown }
  | { readonly form: readonly FormPart[] }
  | { readonly bytes: Buffer, readonly contentType: string }

/**
 * How far a call got before it failed; every error of an upstream says it in `details.phase`.
 * `not-sent`: not one byte of the request was written, so it may be repeated anywhere.
 * `sent`: the vendor may have got it and did not answer. `answered`: headers came.
 */
export type Phase = 'not-sent' | 'sent' | 'answered'

/**
 * All four reject with the signal's reason as soon as it aborts, else with an EditError whose `details` are
 * `{ phase, status }` or `{ phase, reason }`:
 * - not sent: EDIT_ERR_PROVIDER_UNAVAILABLE, billed no;
 * - sent, no answer: EDIT_ERR_PROVIDER_TIMEOUT, or EDIT_ERR_PROVIDER_RESPONSE when the connection broke; billed maybe;
 * - an answer that breaks off, is too large or compressed: EDIT_ERR_PROVIDER_RESPONSE, billed maybe;
 * - a whole answer: what `classify` or the default mapping of its status says.
 * Only a `post` that is not `free` can have been billed.
 */
export interface Upstream {
  /**
   * Free of charge: repeated up to three times on transient failures (connection, 429, 500, 502, 503, 504) with jitter and
   * Retry-After, within the signal's life.
   */
  get (path: string, call: UpstreamCall): Promise<UpstreamAnswer>
  /** Never repeated. A failure says by `billed` how far the call got: not sent = no, sent without answer = maybe. */
  post (path: string, body: UpstreamBody, call: UpstreamCall): Promise<UpstreamAnswer>
  /** Free of charge and idempotent at the vendors that have it (cancel), still never repeated. */
  put (path: string, body: UpstreamBody, call: UpstreamCall): Promise<UpstreamAnswer>
  /**
   * PUTs bytes to an address out of an answer (a presigned upload): no key travels, the address is guarded as in `Download`.
   * Any status but 2xx is EDIT_ERR_PROVIDER_RESPONSE: a storage's 403 says nothing about our key. Never repeated.
   */
  upload (url: string, bytes: Buffer, call: Pick<UpstreamCall, 'signal' | 'headers'>): Promise<UpstreamAnswer>
}

/** Told how many bytes more come, before there is memory for them; throws an EditError when it is not there. */
export type Hold = (bytes: number) => void

/**
 * Fetches a file whose address came out of an answer: https, no credentials, public addresses only (checked at connect time,
 * and again on each of at most three redirects), size-bounded (`maxBytes`, default 128 MiB), repeated like a `get`.
 * Throws EDIT_ERR_PROVIDER_RESPONSE that names the host and nothing else of the address, which may be signed; `details` are
 * `{ phase, status }` or `{ phase, reason }`, with the number of `redirects` where there were any. What `hold` throws ends it.
 */
export type Download = (url: string, call: { readonly signal: AbortSignal, readonly maxBytes?: number, readonly hold?: Hold | undefined }) => Promise<Buffer>

export interface UpstreamFactory {
  createUpstream (options: UpstreamOptions): Upstream
  readonly download: Download
  /** The same for an address that a caller sends: only of hosts that the operator has opened to callers. */
  readonly downloadForCaller: Download
  /** Refuses new calls, lets running ones end, then closes every connection. */
  close (): Promise<void>
}
