import type { Upstream, UpstreamBody, UpstreamCall, UpstreamOptions } from '../../core/index.ts'

/** Listens in on what a provider sends through `app.createUpstream`, and can lead its calls to another vendor. */
export interface Wiretap {
  /** The kernel's `createUpstream`, listened in on. */
  over (createUpstream: CreateUpstream): CreateUpstream
  /** How many upstreams the provider has made. */
  readonly upstreams: number
  readonly calls: readonly WireCall[]
  /** From now on these calls go to `url` instead: every one, or only those that the vendor charges for. */
  divert: { readonly calls: 'all' | 'paid', readonly url: string } | undefined
}

export interface WireCall {
  readonly paid: boolean
  /** What was sent: path, query and body. */
  readonly content: readonly unknown[]
}

type CreateUpstream = (options: UpstreamOptions) => Upstream

/** @param elsewhere makes the upstreams of calls that are led to another vendor */
export function createWiretap (elsewhere: CreateUpstream): Wiretap {
  const calls: WireCall[] = []
  const wiretap: Wiretap & { upstreams: number } = {
    upstreams: 0,
    calls,
    divert: undefined,
    over: createUpstream => options => {
      wiretap.upstreams++
      const own = createUpstream(options)
      const others = new Map<string, Upstream>()
      const route = (paid: boolean): Upstream => {
        const { divert } = wiretap
        if (divert === undefined || (divert.calls === 'paid' && !paid)) return own
        const other = others.get(divert.url) ?? elsewhere({ ...options, baseUrl: divert.url })
        others.set(divert.url, other)
        return other
      }
      const note = (paid: boolean, content: string | UpstreamBody | Buffer, path: string, call: Partial<UpstreamCall>) => {
        calls.push({ paid, content: [path, call.query, content] })
        return route(paid)
      }
      return {
        get: async (path, call) => await note(false, '', path, call).get(path, call),
        post: async (path, body, call) => await note(call.free !== true, body, path, call).post(path, body, call),
        put: async (path, body, call) => await note(false, body, path, call).put(path, body, call),
        upload: async (url, bytes, call) => await note(false, bytes, url, call).upload(url, bytes, call)
      }
    }
  }
  return wiretap
}
