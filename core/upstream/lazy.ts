import { baseOf } from './client.ts'
import { callersHosts, exceptionsOf } from './guard.ts'
import type { UpstreamFactoryOptions } from './index.ts'
import type { Upstream, UpstreamFactory } from './types.ts'

export interface LazyUpstreamFactory extends UpstreamFactory {
  /** Loads the client if anybody will need it, so that no request has to wait for it. */
  warm (): Promise<void>
}

/**
 * The factory of `index.ts`, whose import (undici) costs as much as a third of the whole start and is not needed to
 * listen: it is loaded with the first call, or by `warm`. Bad options are refused at once all the same.
 */
export function createLazyUpstreamFactory (options: UpstreamFactoryOptions): LazyUpstreamFactory {
  callersHosts(options.imageUrls ?? false, exceptionsOf(options.allowHosts ?? []))
  let loading: Promise<UpstreamFactory> | undefined
  let wanted = false
  const load = () => {
    loading ??= import('./index.ts').then(module => module.createUpstreamFactory(options))
    return loading
  }

  return {
    createUpstream (upstream) {
      baseOf(upstream)
      wanted = true
      let made: Promise<Upstream> | undefined
      const client = () => {
        made ??= load().then(factory => factory.createUpstream(upstream))
        return made
      }
      return {
        get: async (...call) => await (await client()).get(...call),
        post: async (...call) => await (await client()).post(...call),
        put: async (...call) => await (await client()).put(...call),
        upload: async (...call) => await (await client()).upload(...call)
      }
    },
    download: async (...call) => await (await load()).download(...call),
    downloadForCaller: async (...call) => await (await load()).downloadForCaller(...call),
    async warm () {
      if (wanted) await load()
    },
    async close () {
      if (loading !== undefined) await (await loading).close()
    }
  }
}
