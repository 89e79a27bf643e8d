import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { pino } from 'pino'
import { checkProvider } from '../../core/check-provider.ts'
import type { PluginModule } from '../../core/discover.ts'
import {
  configFrom, type EditContext, type EditInput, type EditProvider, type EditResult, type ProviderEdit, type ProviderListing, type ResultImage, type Submission
} from '../../core/index.ts'
import { createUpstreamFactory } from '../../core/upstream/index.ts'
import { assembleService } from './assembly.ts'
import type { Options } from './options.ts'
import { createWiretap, type Wiretap } from './wiretap.ts'
import { createWitness, thaw, type Witness } from './witness.ts'

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
  /** Asks for a job until it is done: the first image of its result, as the vendor gave it. */
  finish (submission: Submission): Promise<Uint8Array>
  /** The bytes of a result's image as the vendor gave them. */
  bytesOf (image: ResultImage): Promise<Uint8Array>
  context (signal?: AbortSignal): EditContext
  close (): Promise<void>
}

// An emulator's results are on this machine.
const allowHosts = ['127.0.0.1', 'localhost']
const deadlineMs = 60_000
const minPollMs = 50

/** Rejects with what the plugin threw. */
export async function openKernel (module: PluginModule, options: Options): Promise<Kernel> {
  const log: string[] = []
  const logger = pino({ level: 'trace' }, { write: line => { log.push(line) } })
  const config = configFrom({ plugins: { [module.name]: { ...options } }, deadlineMs, downloads: { allowHosts } })
  const own = createUpstreamFactory({ log: logger, allowHosts, backoffMs: 1 })
  const [witness, wiretap] = [createWitness(), createWiretap(own.createUpstream)]
  const registered = new Map<string, EditProvider>()

  const tapped = fp(async (app: FastifyInstance, options: Record<string, unknown>) => {
    const { providers, createUpstream } = app
    app.decorate('providers', {
      register (provider: EditProvider) {
        checkProvider(provider)
        providers.register(witness.watch(provider))
        registered.set(provider.name, provider)
      },
      unconfigured: providers.unconfigured.bind(providers)
    })
    app.decorate('createUpstream', wiretap.over(createUpstream))
    app.addHook('onClose', own.close)
    await app.register(module.plugin, options)
  }, { name: module.name, encapsulate: true })

  const app = await assembleService({ ...module, plugin: tapped }, config, logger)
  const context = (signal = new AbortController().signal): EditContext =>
    ({ signal, log: app.log.child({ provider: module.name }), deadlineAt: Date.now() + deadlineMs, attemptId: randomUUID() })
  const ready = () => {
    const provider = registered.get(module.name)
    assert.ok(provider, `${module.name} is not ready with these options`)
    return provider
  }
  const bytesOf: Kernel['bytesOf'] = async image => 'bytes' in image ? image.bytes : await own.download(image.url, context())

  return {
    listings: app.edits.providers(),
    get provider () { return ready() },
    witness,
    wiretap,
    log,
    run: input => app.edits.run(input, context()),
    adapt: input => witness.catchEdit(() => app.edits.run(input, context())),
    async finish (submission) {
      let last = submission
      while (last.state === 'pending') {
        await delay(Math.max(last.pollAfterMs, minPollMs))
        const { poll } = ready()
        assert.ok(poll, 'it answered with pending, but has no poll')
        last = await poll.call(ready(), thaw(last.handle), context())
      }
      return await bytesOf(last.result.images[0])
    },
    bytesOf,
    context,
    close: () => app.close(),
    [Symbol.asyncDispose]: () => app.close()
  }
}
