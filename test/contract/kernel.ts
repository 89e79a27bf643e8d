import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import { pino } from 'pino'
import type { PluginModule } from '../../core/discover.ts'
import { createEdits } from '../../core/edits.ts'
import { EditError } from '../../core/errors.ts'
import {
  configFrom, type EditContext, type EditInput, type EditProvider, type EditResult, type ProviderEdit, type ProviderListing, type ResultImage
} from '../../core/index.ts'
import { pluginOptions } from '../../core/plugin-options.ts'
import { ProviderRegistry } from '../../core/registry.ts'
import { EditRouter } from '../../core/router.ts'
import { runAttempt } from '../../core/runner.ts'
import { createUpstreamFactory, type Download } from '../../core/upstream/index.ts'
import type { Options } from './options.ts'
import { createWiretap, type Wiretap } from './wiretap.ts'
import { createWitness, type Witness } from './witness.ts'

/** The kernel as the service assembles it, with one plugin alone, and with eyes and ears. */
export interface Kernel extends AsyncDisposable {
  readonly listings: readonly ProviderListing[]
  /** As it was registered. */
  readonly provider: EditProvider
  readonly witness: Witness
  readonly wiretap: Wiretap
  /** Every line that was logged, at any level. */
  readonly log: readonly string[]
  /** One edit from door to door. */
  run (input: EditInput): Promise<EditResult>
  /** What the provider would be given for a request. It is not asked. */
  adapt (input: EditInput): Promise<ProviderEdit>
  /** One attempt of the provider alone: its first image, as the vendor gave it. */
  attempt (edit: ProviderEdit): Promise<Uint8Array>
  /** The bytes of a result's image as the vendor gave them, once the kernel has taken it. */
  bytesOf (image: ResultImage): Uint8Array
  context (signal?: AbortSignal): EditContext
  close (): Promise<void>
}

const deadlineMs = 60_000

/** Rejects with what the plugin threw. */
export async function openKernel (module: PluginModule, options: Options): Promise<Kernel> {
  const log: string[] = []
  const app = Fastify({ loggerInstance: pino({ level: 'trace' }, { write: line => { log.push(line) } }) })
  const config = configFrom({ plugins: { [module.name]: { ...options } } })
  const { limits } = config
  const registry = new ProviderRegistry()
  // An emulator's results are on this machine.
  const factory = createUpstreamFactory({ log: app.log, allowHosts: ['127.0.0.1', 'localhost'], backoffMs: 1 })
  const wiretap = createWiretap(factory.createUpstream)
  const witness = createWitness()
  const downloads = new Map<string, Uint8Array>()
  const download: Download = async (url, call) => {
    const bytes = await factory.download(url, call)
    downloads.set(url, bytes)
    return bytes
  }
  const edits = (get: (name: string) => EditProvider | undefined) => createEdits({
    registry, router: new EditRouter({ registry: { get }, limits, download, deadlineMs }), order: {}, limits: config.limits
  })
  const watched = (name: string) => {
    const provider = registry.get(name)
    return provider && witness.watch(provider)
  }
  const ready = () => {
    const provider = registry.get(module.name)
    if (provider === undefined) throw new TypeError(`${module.name} is not ready: ${registry.list().map(({ reason }) => reason).join('; ')}`)
    return provider
  }

  app.addHook('onClose', factory.close)
  app.decorate('providers', registry)
  app.decorate('edits', edits(watched))
  app.decorate('EditError', EditError)
  app.decorate('createUpstream', wiretap.createUpstream)
  try {
    await app.register(module.plugin, pluginOptions(config, module))
    await app.ready()
  } catch (err) {
    await app.close()
    throw err
  }
  const context = (signal = new AbortController().signal): EditContext =>
    ({ signal, log: app.log.child({ provider: module.name }), deadlineAt: Date.now() + deadlineMs, attemptId: randomUUID() })

  return {
    listings: registry.list(),
    get provider () { return ready() },
    witness,
    wiretap,
    log,
    run: input => app.edits.run(input, context()),
    async adapt (input) {
      const { promise, resolve } = Promise.withResolvers<ProviderEdit>()
      const catcher = (): EditProvider => ({
        ...ready(),
        async submit (edit) {
          resolve(edit)
          // Any answer will do, nobody reads it.
          throw new EditError('EDIT_ERR_CONTENT_REJECTED', 'caught')
        }
      })
      return await Promise.race([promise, edits(catcher).run(input, context()).then(() => promise)])
    },
    async attempt (edit) {
      const { images: [image] } = await runAttempt(ready(), edit, context())
      return 'bytes' in image ? image.bytes : await factory.download(image.url, context())
    },
    bytesOf: image => 'bytes' in image ? image.bytes : downloads.get(image.url) ?? Buffer.alloc(0),
    context,
    close: () => app.close(),
    [Symbol.asyncDispose]: () => app.close()
  }
}
