import { lookup as lookupAddresses } from 'node:dns'
import type { FastifyBaseLogger } from 'fastify'
import { Agent, buildConnector, Pool, type Dispatcher } from 'undici'
import { baseOf, createClient } from './client.ts'
import { createDownload } from './download.ts'
import { exchange, mergeHeaders, type ExchangeOptions, type RawAnswer } from './exchange.ts'
import { callersHosts, exceptionsOf, guardedConnector, guardedLookup, type IsException, type Lookup } from './guard.ts'
import { ExchangeFailure } from './phase.ts'
import { createRedact, secretsOf } from './redact.ts'
import { createTurns } from './turns.ts'
import type { UpstreamFactory, UpstreamOptions } from './types.ts'
import { createUpload } from './upload.ts'

export type * from './types.ts'

export interface UpstreamFactoryOptions {
  readonly log: FastifyBaseLogger
  /**
   * Hosts that an address out of an answer may name although they are not public, and by plain http: `host` or `host:port`,
   * exactly as the address says it.
   */
  readonly allowHosts?: readonly string[]
  /**
   * Hosts that addresses of callers may name: none (the default), every one of the public internet, or these. Who is also among
   * `allowHosts` may be private; with `true` none may.
   */
  readonly imageUrls?: boolean | readonly string[]
  /** Instead of `dns.lookup`, for what is guarded. For tests. */
  readonly lookup?: Lookup
  /** Longest pause before the first repetition, milliseconds. For tests. */
  readonly backoffMs?: number
}

const maxResponseBytes = 128 * 1024 * 1024

/** Of many that come at the same time, one after the other is through with both pictures sooner: half of the memory, for the same bytes. */
const answersAtOnce = { limit: 4, patienceMs: 50 }

// Some storages and firewalls turn away who names nothing.
const userAgent = { 'user-agent': 'retouch' }

/**
 * The kernel's HTTP client. Connections are kept per upstream, one request at a time on each, HTTP/1.1; none ever goes
 * through a proxy that the environment names, since it would connect where the guard cannot look.
 */
export function createUpstreamFactory (options: UpstreamFactoryOptions): UpstreamFactory {
  const { log, allowHosts = [], imageUrls = false, lookup = lookupAddresses, backoffMs = 250 } = options
  const isException = exceptionsOf(allowHosts)
  const running = new Set<Promise<RawAnswer>>()
  const turns = createTurns(answersAtOnce)
  let closed = false

  // Remembered until it has ended, so that close() can wait for it.
  async function send (toSend: ExchangeOptions): Promise<RawAnswer> {
    if (closed) throw new ExchangeFailure('not-sent', Object.assign(new Error('the upstream is closed'), { code: 'CLOSED' }))
    const exchanging = exchange({ ...toSend, turns })
    running.add(exchanging)
    try {
      return await exchanging
    } finally {
      running.delete(exchanging)
    }
  }

  const dispatchers: Dispatcher[] = []

  function guardedWith (isException: IsException) {
    const strangers = new Agent({
      ...connectionOptions({}),
      connect: guardedConnector(isException,
        buildConnector(connectOptions({})),
        buildConnector({ ...connectOptions({}), lookup: guardedLookup(lookup) }))
    })
    dispatchers.push(strangers)
    return {
      send: (toSend: Omit<ExchangeOptions, 'dispatcher'>) => send({ ...toSend, dispatcher: strangers }),
      isException,
      headers: userAgent,
      log,
      backoffMs,
      maxBytes: maxResponseBytes
    }
  }
  const guarded = guardedWith(isException)
  const callers = callersHosts(imageUrls, isException)

  return {
    createUpstream (upstream) {
      const base = baseOf(upstream)
      const pool = new Pool(base.origin, { ...connectionOptions(upstream), connect: connectOptions(upstream) })
      dispatchers.push(pool)
      const shared = { redact: createRedact(secretsOf(upstream)), maxBytes: upstream.maxResponseBytes ?? maxResponseBytes }
      return {
        ...createClient({
          ...upstream,
          ...shared,
          base,
          log: log.child({ upstream: upstream.name }),
          backoffMs,
          headers: mergeHeaders(userAgent, upstream.headers),
          send: toSend => send({ ...toSend, dispatcher: pool })
        }),
        upload: createUpload({ ...guarded, ...shared })
      }
    },
    download: createDownload(guarded),
    // Over connections of its own: one that is kept open to an exception of the operator's would else be there for callers too.
    downloadForCaller: createDownload({ ...guardedWith(callers.isException), isAllowed: callers.isAllowed }),
    async close () {
      closed = true
      await Promise.allSettled(running)
      // Not close(): a call that was aborted while it waited for a connection has ended for its caller, but not for its pool.
      await Promise.all(dispatchers.map(dispatcher => dispatcher.destroy()))
    }
  }
}

type Timeouts = Pick<UpstreamOptions, 'connectTimeoutMs' | 'headersTimeoutMs' | 'bodyTimeoutMs'>

function connectionOptions ({ headersTimeoutMs = 300_000, bodyTimeoutMs = 60_000 }: Timeouts) {
  // One request at a time on a connection: behind a second one, undici may send the first again when the connection breaks.
  return { pipelining: 1, allowH2: false, headersTimeout: headersTimeoutMs, bodyTimeout: bodyTimeoutMs }
}

function connectOptions ({ connectTimeoutMs = 10_000 }: Timeouts) {
  // HTTP/2 has other ways to be half sent (GOAWAY, REFUSED_STREAM), which the phases do not tell apart.
  return { allowH2: false, timeout: connectTimeoutMs }
}
