import type { TObject, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Config } from './config.ts'

/** What of a plugin decides where its options come from. */
export interface OptionSource {
  readonly name: string
  readonly vendor?: string | undefined
  /** Schema of the options. A property may name further variables: `{ env: ['HF_TOKEN'] }`. None: the plugin takes what it is given. */
  readonly schema?: TObject | undefined
}

/**
 * A plugin's options: defaults of its schema, then the configuration file, then the environment. The option `apiKey` of
 * the plugin `acme-paint` by the vendor `acme` is ACME_PAINT_API_KEY, else ACME_API_KEY, else a name in the schema's `env`.
 * @throws {TypeError} that names the option and where it came from; never its value
 */
export function pluginOptions (config: Config, { name, vendor, schema }: OptionSource): Record<string, unknown> {
  const settings = config.plugins[name] ?? {}
  const given: Record<string, unknown> = typeof settings === 'object' && !Array.isArray(settings) ? settings : {}
  if (schema === undefined) return { ...given }
  const origins = new Map<string, string>()
  const values: Record<string, unknown> = { ...given }
  for (const [option, rule] of Object.entries(schema.properties)) {
    const variable = [...variableNames(option, name, vendor), ...extraNames(rule)]
      .find(candidate => config.environment[candidate] !== undefined && config.environment[candidate] !== '')
    if (variable === undefined) continue
    values[option] = config.environment[variable]
    origins.set(option, variable)
  }
  const options: unknown = Value.Convert(schema, Value.Default(schema, values))
  const errors = [...Value.Errors(schema, options)]
  if (errors.length > 0) {
    const texts = errors.slice(0, 5).map(({ path, message }) => {
      const option = path.slice(1)
      return `${origins.get(option) ?? `plugins.${name}.${option}`}: ${message}`
    })
    throw new TypeError(`bad option: ${texts.join('; ')}`)
  }
  return values === options ? values : Object.assign({}, options)
}

function variableNames (option: string, name: string, vendor: string | undefined): string[] {
  const suffix = option.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
  return [name, ...vendor === undefined || vendor === name ? [] : [vendor]]
    .map(prefix => `${prefix.replaceAll('-', '_').toUpperCase()}_${suffix}`)
}

function extraNames (rule: TSchema): string[] {
  const { env } = rule
  return Array.isArray(env) ? env.filter(name => typeof name === 'string') : []
}
