import type { PluginModule } from '../../core/discover.ts'
import type { ModelCard } from '../../core/index.ts'
import { openKernel, type Kernel } from './kernel.ts'
import type { Options, Prepared, ProviderTestOptions, Scope } from './options.ts'
import { readPlugin } from './plugin-module.ts'

/** A plugin under test. */
export interface Subject {
  readonly test: ProviderTestOptions
  readonly module: PluginModule
  /** Prepares for one check. */
  setUp (): Promise<Setup>
}

/** What one check works with; disposing closes its kernels, then what the test prepared. */
export interface Setup extends AsyncDisposable {
  /** The plugin's options: the test's, and over them the prepared ones. */
  readonly options: Options
  /** Values that must never be seen. */
  readonly secrets: readonly string[]
  /** A kernel with the plugin; each call makes another instance of both. */
  open (options?: Options): Promise<Kernel>
}

/** What the plugin says of itself: the rest of the checks follow from it. */
export interface Look {
  readonly cards: readonly ModelCard[]
  readonly polls: boolean
  readonly cancels: boolean
  readonly recovers: boolean
  readonly anyModel: boolean
  readonly keepsNoBytes: boolean
  /** It works through a vendor's API. */
  readonly calls: boolean
  readonly secrets: readonly string[]
}

/** Rejects with an AssertionError when the module is no plugin. */
export function createSubject (test: ProviderTestOptions): Subject {
  const module = readPlugin(test.plugin)
  return { test, module, setUp: async () => await setUp(test, module) }
}

export async function lookAt (subject: Subject): Promise<Look> {
  await using setup = await subject.setUp()
  const { secrets } = setup
  const { listings, provider, wiretap } = await setup.open()
  const { poll, cancel, recover, anyModel = false, keepsNoBytes = false } = provider
  return {
    cards: listings.flatMap(({ models }) => models),
    polls: poll !== undefined,
    cancels: cancel !== undefined,
    recovers: recover !== undefined,
    anyModel,
    keepsNoBytes,
    // Whoever has a key has a vendor: that its calls go through the kernel's client is one of the checks.
    calls: wiretap.upstreams > 0 || secrets.length > 0,
    secrets
  }
}

async function setUp (test: ProviderTestOptions, module: PluginModule): Promise<Setup> {
  const stack = new AsyncDisposableStack()
  const scope: Scope = { after: close => stack.defer(async () => { await close() }) }
  const prepared: Prepared = await prepare(test, scope).catch(async err => {
    await stack.disposeAsync()
    throw err
  })
  const options = { ...test.options, ...prepared.options }
  return {
    options,
    secrets: test.secrets ?? secretsIn(options),
    open: async (own = options) => stack.use(await openKernel(module, own)),
    [Symbol.asyncDispose]: () => stack.disposeAsync()
  }
}

async function prepare ({ prepare }: ProviderTestOptions, scope: Scope): Promise<Prepared> {
  return await prepare?.(scope) ?? {}
}

function secretsIn (options: Options): string[] {
  return secretNames(options).map(name => String(options[name]))
}

/** The options that by their names hold a secret. */
export function secretNames (options: Options): string[] {
  return Object.entries(options)
    .filter(([name, value]) => /(key|token|secret|password)$/i.test(name) && typeof value === 'string' && value !== '')
    .map(([name]) => name)
}
