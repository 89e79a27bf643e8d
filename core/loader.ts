import { realpath } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { importPlugin, listPlugins, type PluginModule, type PluginPlace } from './discover.ts'
import { OptionError, pluginOptions } from './plugin-options.ts'
import type { ProviderRegistry } from './registry.ts'

interface LoaderOptions {
  readonly config: Config
  readonly registry: ProviderRegistry
  /** The directory of the plugins that come with the service: a failure in there stops the start. */
  readonly inTree: string
}

/**
 * Finds, orders and registers all plugins. One of a third party that fails is quarantined: logged, listed with the reason,
 * and whatever it had registered is taken out again; the others serve.
 * @throws {Error} when an in-tree plugin fails, a directory cannot be read, an option is bad, or the configuration names an unknown plugin
 */
export async function loadPlugins (app: FastifyInstance, { config, registry, inTree }: LoaderOptions): Promise<void> {
  const ownRoot = await realpath(inTree)
  const found: Array<PluginModule & { own: boolean }> = []
  const places = new Map<string, boolean>()

  const quarantine = (name: string, err: unknown) => {
    const reason = err instanceof Error ? err.message : String(err)
    app.log.error({ plugin: name, err }, 'plugin quarantined')
    registry.quarantine(name, reason)
  }
  const fail = (own: boolean, name: string, err: unknown) => {
    if (own) throw new Error(`plugin ${name}: ${err instanceof Error ? err.message : String(err)}`, { cause: err })
    quarantine(name, err)
  }
  const take = async (place: PluginPlace, own: boolean) => {
    if (places.has(place.name)) return fail(own, place.name, new TypeError(`a plugin named "${place.name}" is loaded already`))
    places.set(place.name, own)
    if (config.plugins[place.name] === false) return
    try {
      found.push({ ...await importPlugin(place, config.pluginTimeoutMs), own })
    } catch (err) {
      fail(own, place.name, err)
    }
  }

  for (const directory of await directoriesOf(config, ownRoot)) {
    for (const place of await listPlugins(directory)) await take(place, directory === ownRoot)
  }
  refuseUnknown(config, places)

  const { ordered, stuck } = sortByDependencies(found)
  for (const { name, own, dependencies } of stuck) {
    fail(own, name, new TypeError(`its dependencies are missing or go round in a circle: ${dependencies.join(', ')}`))
  }
  for (const module of ordered) {
    const before = new Set(registry.list().map(entry => entry.name))
    const failure = await register(app, module, config)
    if (failure !== null) {
      registry.list().filter(entry => !before.has(entry.name)).forEach(entry => registry.withdraw(entry.name))
      fail(module.own, module.name, failure.err)
    }
  }
}

/** Waits until a plugin and all that it registers has loaded. Only what `after` is given as an error counts as handled. */
async function register (app: FastifyInstance, module: PluginModule, config: Config): Promise<{ err: unknown } | null> {
  let options: Record<string, unknown>
  try {
    options = pluginOptions(config, module)
  } catch (err) {
    // The operator's mistake, not the plugin's: it stops the start even for a third party's.
    if (err instanceof OptionError) throw err
    return { err }
  }
  let failure: { err: unknown } | null = null
  app.register(module.plugin, options).after(err => { failure = err === null || err === undefined ? null : { err } })
  await app.after()
  return failure
}

async function directoriesOf (config: Config, ownRoot: string): Promise<Set<string>> {
  const roots = new Set([ownRoot])
  for (const directory of config.plugins.directories) {
    roots.add(await realpath(directory).catch(cause => {
      throw new TypeError(`plugins.directories: ${directory} cannot be read`, { cause })
    }))
  }
  return roots
}

function refuseUnknown (config: Config, places: ReadonlyMap<string, unknown>): void {
  const unknown = Object.keys(config.plugins).filter(name => name !== 'directories' && !places.has(name))
  if (unknown.length > 0) {
    throw new TypeError(`plugins.${unknown[0]}: there is no such plugin; known: ${[...places.keys()].join(', ')}`)
  }
}

/** A plugin comes after all that it depends on, else in the order found. What depends on something that never comes is stuck. */
function sortByDependencies<T extends PluginModule> (modules: readonly T[]): { ordered: T[], stuck: T[] } {
  const ordered: T[] = []
  const loaded = new Set<string>()
  let waiting = [...modules]
  for (;;) {
    const ready = waiting.filter(module => module.dependencies.every(name => loaded.has(name)))
    if (ready.length === 0) return { ordered, stuck: waiting }
    for (const module of ready) {
      ordered.push(module)
      loaded.add(module.name)
    }
    waiting = waiting.filter(module => !ready.includes(module))
  }
}
