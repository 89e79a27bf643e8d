import assert from 'node:assert/strict'
import fp from 'fastify-plugin'
import type { AnyPlugin, PluginModule } from '../../core/discover.ts'

/**
 * Reads a plugin that is at hand as the kernel reads one that it has imported: its metadata are fastify-plugin's, or the
 * module's `meta`.
 */
export function readPlugin (plugin: object): PluginModule {
  const exported = (name: string): unknown => Reflect.get(plugin, name)
  const main = typeof plugin === 'function' ? plugin : exported('default')
  assert.ok(isPlugin(main), 'the default export of the plugin must be a function')
  const wrapped: unknown = Reflect.get(main, Symbol.for('plugin-meta'))
  const meta = wrapped ?? exported('meta')
  assert.ok(isMeta(meta), 'the plugin misses its metadata: wrap it in fastify-plugin with a name, or export `meta` with one')
  const [vendor, schema] = [exported('vendor'), exported('options')]
  return {
    name: meta.name,
    dependencies: [],
    plugin: wrapped === undefined ? fp(main, { ...meta, encapsulate: true }) : main,
    vendor: typeof vendor === 'string' ? vendor : undefined,
    schema: isSchema(schema) ? schema : undefined
  }
}

function isPlugin (value: unknown): value is AnyPlugin {
  return typeof value === 'function'
}

function isMeta (value: unknown): value is { name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
}

function isSchema (value: unknown): value is NonNullable<PluginModule['schema']> {
  return typeof value === 'object' && value !== null && 'properties' in value
}
