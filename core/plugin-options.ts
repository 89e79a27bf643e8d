import type { Config } from './config.ts'
import { parseWith, SchemaError, type Schema } from './schema.ts'

/** What of a plugin decides where its options come from. */
export interface OptionSource {
  readonly name: string
  readonly vendor?: string | undefined
  /**
   * JSON Schema of the options (a TypeBox object is one). A property may name further variables: `env: ['HF_TOKEN']`.
   * None: the plugin takes what it is given.
   */
  readonly schema?: OptionSchema | undefined
}

export type OptionSchema = Schema & { readonly properties: Readonly<Record<string, Schema>> }

/** The operator's mistake. */
export class OptionError extends TypeError {
  override readonly name = 'OptionError'
}

/**
 * A plugin's options: defaults of its schema, then the configuration file, then the environment. The option `apiKey` of
 * the plugin `acme-paint` by the vendor `acme` is ACME_PAINT_API_KEY, else ACME_API_KEY, else a name in the schema's `env`.
 * @throws {OptionError} that names the option and where it came from; never its value
 * @throws {TypeError} for a schema that cannot be used
 */
export function pluginOptions (config: Config, { name, vendor, schema }: OptionSource): Record<string, unknown> {
  const options: Record<string, unknown> = Object.fromEntries(Object.entries(config.plugins[name] ?? {}))
  if (schema === undefined) return options
  const origins = new Map<string, string>()
  for (const [option, rule] of Object.entries(schema.properties)) {
    const variable = [...variableNames(option, name, vendor), ...extraNames(rule)].find(candidate => config.environment[candidate])
    if (variable === undefined) continue
    options[option] = config.environment[variable]
    origins.set(option, variable)
  }
  try {
    return Object.assign({}, parseWith(schema, options))
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause
    // Without its cause: that one may quote the value.
    const texts = cause.problems.slice(0, 5).map(({ path, message }) => `${origins.get(path) ?? `plugins.${name}.${path}`} ${message}`)
    throw new OptionError(`bad option: ${texts.join('; ')}`)
  }
}

function variableNames (option: string, name: string, vendor: string | undefined): string[] {
  const suffix = option.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
  return [name, ...vendor === undefined || vendor === name ? [] : [vendor]]
    .map(prefix => `${prefix.replaceAll('-', '_').toUpperCase()}_${suffix}`)
}

function extraNames ({ env }: Schema): string[] {
  return Array.isArray(env) ? env.filter(name => typeof name === 'string') : []
}
