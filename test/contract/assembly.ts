import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { PluginModule } from '../../core/discover.ts'
import { createEdits } from '../../core/edits.ts'
import { EditError } from '../../core/errors.ts'
import type { Config } from '../../core/index.ts'
import { pluginOptions } from '../../core/plugin-options.ts'
import { ProviderRegistry } from '../../core/registry.ts'
import { EditRouter } from '../../core/router.ts'
import { createUpstreamFactory } from '../../core/upstream/index.ts'

// An emulator need not edit: what the kit asks of a picture it checks itself.
const gates = { damaged: true, blank: false, unchanged: false, size: false, transparency: false, moderated: false }

/** The service as `buildApp` makes it, with one plugin and no other. Rejects with what the plugin threw. */
export async function assembleService (module: PluginModule, config: Config, logger: FastifyBaseLogger): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({ loggerInstance: logger })
  const registry = new ProviderRegistry()
  const { createUpstream, download, close } = createUpstreamFactory({ log: app.log, allowHosts: config.downloads.allowHosts })
  const router = new EditRouter({ registry, gates, limits: config.limits, download, deadlineMs: config.deadlineMs })
  app.addHook('onClose', close)
  app.decorate('providers', registry)
  app.decorate('edits', createEdits({ registry, router, order: () => config.order, limits: config.limits }))
  app.decorate('EditError', EditError)
  app.decorate('createUpstream', createUpstream)
  try {
    await app.register(module.plugin, pluginOptions(config, module))
    await app.ready()
    return app
  } catch (err) {
    await app.close()
    throw err
  }
}
