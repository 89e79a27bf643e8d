import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import { createBlockPool } from './block-pool.ts'
import { closeGently } from './closing.ts'
import type { Config } from './config.ts'
import { createEdits, type Edits } from './edits.ts'
import { EditError } from './errors.ts'
import { Health } from './health.ts'
import { createMemoryStore } from './idempotency.ts'
import { createImageFetch } from './image-urls.ts'
import { loadSharp } from './imaging/sharp.ts'
import { loadPlugins } from './loader.ts'
import { checkOrder, type Order } from './order.ts'
import { ProviderRegistry } from './registry.ts'
import { EditRouter } from './router.ts'
import { createLazyUpstreamFactory } from './upstream/lazy.ts'
import type { Upstream, UpstreamOptions } from './upstream/types.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For provider plugins: `register(provider)`, or `unconfigured(provider, reason)` while a key is missing. */
    providers: Pick<ProviderRegistry, 'register' | 'unconfigured'>
    /** For HTTP faces. */
    edits: Edits
    EditError: typeof EditError
    /** For provider plugins: the HTTP client of one vendor's API. */
    createUpstream (options: UpstreamOptions): Upstream
    /** For the operator: edits that come from now on follow this order. Throws a TypeError, and changes nothing, when it names who is not known. */
    reloadOrder (order: Order): void
  }
}

export interface BuildOptions {
  /** Default: a pino logger at the configured level. */
  readonly logger?: FastifyBaseLogger
}

/** Directory of the plugins that come with the service. */
const ownPlugins = fileURLToPath(new URL('../plugins', import.meta.url))

/**
 * Builds the service: kernel, all plugins, nothing listening yet. Call `listen` or `inject` on it, then `close`.
 * @throws {Error} when an in-tree plugin fails, or the configuration names what does not exist
 */
export async function buildApp (config: Config, { logger }: BuildOptions = {}): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    ...logger === undefined ? { logger: { level: config.logLevel, serializers: { req: loggedRequest } } } : { loggerInstance: logger },
    bodyLimit: config.limits.bodyBytes,
    requestTimeout: 120_000,
    forceCloseConnections: 'idle',
    // What comes while closing is answered as ever: `closeGently` refuses what would take long.
    return503OnClosing: false,
    pluginTimeout: config.pluginTimeoutMs,
    schemaController: lazyCompilers
  })
  try {
    await assemble(app, config)
    return app
  } catch (err) {
    await app.close()
    throw err
  }
}

/** A request as the log has it: without its query, in which prompts and signatures stand. */
export function loggedRequest ({ method, url, host, ip, socket }: Pick<FastifyRequest, 'method' | 'url' | 'host' | 'ip' | 'socket'>) {
  return { method, url: url.split('?', 1)[0], host, remoteAddress: ip, remotePort: socket.remotePort }
}

/** Of a package that Fastify brings along, by name. */
const requireOfFastify = createRequire(createRequire(import.meta.url).resolve('fastify'))
// Fastify would load Ajv and its serializer at every start, though a plugin may need neither: as it would, but when asked.
const lazyCompilers = {
  compilersFactory: {
    buildValidator: (...schemas: unknown[]) => requireOfFastify('@fastify/ajv-compiler')()(...schemas),
    buildSerializer: (...schemas: unknown[]) => requireOfFastify('@fastify/fast-json-stringify-compiler')()(...schemas)
  }
}

async function assemble (app: FastifyInstance, config: Config): Promise<void> {
  const registry = new ProviderRegistry()
  const { createUpstream, download, downloadForCaller, warm, close } = createLazyUpstreamFactory({ log: app.log, ...config.downloads })
  // What is not needed to listen is loaded once it does, so that no request waits for it.
  app.addHook('onListen', async () => {
    loadSharp()
    await warm()
  })
  app.addHook('onClose', close)
  let { order } = config
  const takeOrder = (wanted: Order) => {
    checkOrder(wanted, registry.offers(), registry.list().filter(entry => entry.status === 'quarantined').map(entry => entry.name))
    order = wanted
  }
  const { limits, gates, countChanges, deadlineMs, shortestSliceMs, maxTries, afterMaybeBilled, concurrency } = config
  const router = new EditRouter({
    registry, limits, gates, countsChanges: countChanges, download, deadlineMs, shortestSliceMs, maxTries, afterMaybeBilled, concurrency, health: new Health(config.breakers)
  })
  app.decorate('providers', registry)
  app.decorate('edits', createEdits({
    registry, router, limits, order: () => order, store: createMemoryStore(config.idempotency), blocks: createBlockPool({ maxBytes: limits.idleBytes }), fetchImages: createImageFetch({ imageUrls: config.downloads.imageUrls, download: downloadForCaller, limits })
  }))
  app.decorate('EditError', EditError)
  app.decorate('createUpstream', createUpstream)
  app.decorate('reloadOrder', takeOrder)
  closeGently(app)
  app.addHook('onRequest', async ({ raw }, reply) => {
    // Node takes two Host headers; a proxy in front may have looked at the other one.
    const hosts = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
    if (hosts.length > 1) return await reply.code(400).send({ detail: 'more than one Host header' })
  })

  await loadPlugins(app, { config, registry, inTree: ownPlugins })
  await app.ready()
  takeOrder(config.order)
  for (const { name, reason } of registry.list().filter(entry => entry.status === 'unconfigured')) {
    app.log.info({ provider: name, reason }, 'provider not configured')
  }
}
