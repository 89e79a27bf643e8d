import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, extname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify'
import fp from 'fastify-plugin'
import type { OptionSchema } from './plugin-options.ts'

/** A plugin's module, read and found complete. */
export interface PluginModule {
  readonly name: string
  readonly dependencies: readonly string[]
  readonly plugin: AnyPlugin
  readonly vendor: string | undefined
  readonly schema: OptionSchema | undefined
}

export type AnyPlugin = FastifyPluginAsync<Record<string, unknown>> | FastifyPluginCallback<Record<string, unknown>>

/** A place where a plugin should be: its name is its folder's, or its file's without the ending. */
export interface PluginPlace {
  readonly name: string
  readonly file: string
  /** Why it must not be imported. */
  readonly refused?: string
}

const endings = ['.ts', '.js', '.mjs']
const pluginMeta = Symbol.for('plugin-meta')

/**
 * Lists the plugins of a directory by name: folders with an index file, and single files. Names that begin with `_` or `.`
 * are none. An entry whose real path lies outside the directory is refused.
 */
export async function listPlugins (directory: string): Promise<PluginPlace[]> {
  const root = await realpath(directory)
  const places: PluginPlace[] = []
  for (const entry of (await readdir(root)).toSorted()) {
    if (/^[_.]/.test(entry) || entry === 'node_modules' || entry.endsWith('.d.ts')) continue
    const place = await findPlace(root, entry)
    if (place !== undefined) places.push(place)
  }
  return places
}

async function findPlace (root: string, entry: string): Promise<PluginPlace | undefined> {
  const path = join(root, entry)
  const name = basename(entry, extname(entry))
  const inside = async (file: string) => (await realpath(file)).startsWith(root + sep)
  const outside = { name, file: path, refused: `it lies outside ${root}` }
  // A link that leads nowhere is no plugin.
  const facts = await stat(path).catch(() => undefined)
  if (facts?.isDirectory()) {
    if (!await inside(path)) return { ...outside, name: entry }
    for (const ending of endings) {
      const file = join(path, `index${ending}`)
      if ((await stat(file).catch(() => undefined))?.isFile()) {
        return await inside(file) ? { name: entry, file } : { ...outside, name: entry }
      }
    }
  } else if (facts?.isFile() && endings.includes(extname(entry))) {
    return await inside(path) ? { name, file: path } : outside
  }
}

/**
 * Imports a plugin and reads its metadata: those of fastify-plugin, or an exported `meta` of the same shape (then it is
 * encapsulated, and needs no package at all).
 * @throws {TypeError} that says what is missing
 */
export async function importPlugin ({ name, file, refused }: PluginPlace, timeoutMs = 10_000): Promise<PluginModule> {
  if (refused !== undefined) throw new TypeError(refused)
  return readPlugin(name, await importWithin(file, timeoutMs))
}

/** A module may wait for ever on its top level. */
async function importWithin (file: string, timeoutMs: number): Promise<Record<string, unknown>> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new TypeError(`its import has not ended within ${timeoutMs} ms`)), timeoutMs)
  try {
    return await Promise.race([import(pathToFileURL(file).href), promise])
  } finally {
    clearTimeout(timer)
  }
}

function readPlugin (name: string, module: Record<string, unknown>): PluginModule {
  const plugin = module.default
  if (!isPlugin(plugin)) throw new TypeError('its default export is no function')
  const wrapped: unknown = Reflect.get(plugin, pluginMeta)
  const meta = wrapped ?? module.meta
  if (!isMeta(meta)) throw new TypeError('it misses its metadata: wrap it in fastify-plugin with a name, or export `meta` with one')
  if (meta.name !== name) throw new TypeError(`its metadata name it "${meta.name}", but it lies at "${name}"`)
  return {
    name,
    dependencies: meta.dependencies ?? [],
    plugin: wrapped === undefined ? fp(plugin, { ...meta, encapsulate: true }) : plugin,
    vendor: typeof module.vendor === 'string' ? module.vendor : undefined,
    schema: isObjectSchema(module.options) ? module.options : undefined
  }
}

function isPlugin (value: unknown): value is AnyPlugin {
  return typeof value === 'function'
}

function isMeta (value: unknown): value is { name: string, dependencies?: string[] } {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return false
  return !('dependencies' in value) || value.dependencies === undefined ||
    (Array.isArray(value.dependencies) && value.dependencies.every(name => typeof name === 'string'))
}

function isObjectSchema (value: unknown): value is OptionSchema {
  return typeof value === 'object' && value !== null && 'properties' in value && typeof value.properties === 'object' && value.properties !== null
}
