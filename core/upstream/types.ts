import type { EditError } from '../errors.ts'

/** What `app.createUpstream(…)` takes: one vendor's HTTP API. */
export interface UpstreamOptions {
  /** For logs and error texts: usually the plugin's name. */
  readonly name: string
  /** http(s) origin, with a path prefix if the API has one. */
  readonly baseUrl: string
  /** Sent with every call to the base URL's origin, and nowhere else. */
  readonly headers?: Readonly<Record<string, string>>
  /** Values (keys, tokens) that must never appear in an error or log: replaced wherever a vendor echoes them. */
  readonly secrets?: readonly string[]
  /** Milliseconds to an open connection (TLS included). */
  readonly connectTimeoutMs?: number
  /** Milliseconds from the request sent to the answer's headers. */
  readonly headersTimeoutMs?: number
  /** Milliseconds between two pieces of the answer's body. */
  readonly bodyTimeoutMs?: number
  /** Largest answer, bytes. */
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

export interface Upstream {
  /** Free of charge: repeated on transient failures (connection, 429, 5xx) with jitter and Retry-After, within the signal's life. */
  get (path: string, call: UpstreamCall): Promise<UpstreamAnswer>
  /** Never repeated. A failure says by `billed` how far the call got: not sent = no, sent without answer = maybe. */
  post (path: string, body: UpstreamBody, call: UpstreamCall): Promise<UpstreamAnswer>
  /** Free of charge and idempotent at the vendors that have it (cancel), still never repeated. */
  put (path: string, body: UpstreamBody, call: UpstreamCall): Promise<UpstreamAnswer>
  /** PUTs bytes to an address out of an answer (a presigned upload): no key travels, the address is guarded as in `Download`. */
  upload (url: string, bytes: Buffer, call: UpstreamCall): Promise<UpstreamAnswer>
}

/**
 * Fetches a file whose address came out of an answer: no credentials, public addresses only (checked at connect time, and
 * again on each of at most three redirects), size-bounded. Throws EDIT_ERR_PROVIDER_RESPONSE.
 */
export type Download = (url: string, call: { readonly signal: AbortSignal, readonly maxBytes?: number }) => Promise<Buffer>
