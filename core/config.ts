import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { Type, type Static } from '@sinclair/typebox'
import { Gates } from './gates.ts'
import { ImageLimits } from './imaging/limits.ts'
import { operationNames } from './operations.ts'
import type { Order } from './order.ts'
import { parseWith, type SchemaError } from './schema.ts'

const closed = { additionalProperties: false }
const Entries = Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Providers or `provider/model`, first choice first.' })

export const Config = Type.Object({
  host: Type.String({ default: '127.0.0.1', description: 'Address to listen on. Environment: HOST.' }),
  port: Type.Integer({ minimum: 0, maximum: 65535, default: 3000, description: 'Port to listen on; 0 = any. Environment: PORT.' }),
  logLevel: Type.Unsafe<string>({
    type: 'string', enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], default: 'info', description: 'Environment: LOG_LEVEL.'
  }),
  deadlineMs: Type.Integer({
    minimum: 1000, default: 170_000, description: 'Time for a whole request, all attempts together; below the 180 s that clients wait.'
  }),
  shortestSliceMs: Type.Integer({
    minimum: 10, default: 20_000, description: 'A quick candidate is given at least so long before the next one is asked.'
  }),
  maxTries: Type.Integer({ minimum: 1, default: 3, description: 'Calls of one candidate in one request; only what was surely not accepted is repeated.' }),
  afterMaybeBilled: Type.Unsafe<'next' | 'stop'>({
    type: 'string', enum: ['next', 'stop'], default: 'next', description: 'May another vendor be asked after an attempt that may have been billed?'
  }),
  breakers: Type.Object({
    consecutiveFailures: Type.Integer({ minimum: 1, default: 5, description: 'Failures in a row that open a breaker.' }),
    failureRate: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.5, description: 'Or this share of the calls of the window.' }),
    minCalls: Type.Integer({ minimum: 1, default: 10, description: 'Calls that a share needs.' }),
    windowMs: Type.Integer({ minimum: 1, default: 60_000 }),
    openMs: Type.Integer({ minimum: 0, default: 30_000, description: 'First rest; doubled each time that the probe fails. 0 = the next call is the probe.' }),
    maxOpenMs: Type.Integer({ minimum: 0, default: 300_000, description: 'Longest rest, also when the vendor asks for a longer one.' }),
    refusedMs: Type.Integer({ minimum: 0, default: 60_000, description: 'Rest of a provider whose key or credit was refused. 0 = the next call is the probe.' })
  }, { ...closed, default: {} }),
  concurrency: Type.Object({
    limit: Type.Integer({ minimum: 1, default: 16, description: 'Calls in flight per account, where the provider says nothing.' }),
    queue: Type.Integer({ minimum: 0, default: 64, description: 'Edits that may wait for one of them.' })
  }, { ...closed, default: {} }),
  idempotency: Type.Object({
    ttlMs: Type.Integer({ minimum: 1000, default: 86_400_000, description: 'How long the answer to an Idempotency-Key is kept.' }),
    maxBytes: Type.Integer({ minimum: 0, default: 256 * 1024 * 1024, description: 'Of all kept answers together; the oldest go first.' })
  }, { ...closed, default: {} }),
  pluginTimeoutMs: Type.Integer({ minimum: 100, default: 10_000, description: 'A plugin that has not loaded by then has failed.' }),
  closeMs: Type.Integer({ minimum: 0, default: 175_000, description: 'Time for running edits to finish when the service stops.' }),
  order: Type.Object(
    { '*': Type.Optional(Entries), ...Object.fromEntries(operationNames.map(name => [name, Type.Optional(Entries)])) },
    { ...closed, default: {}, description: 'Order of providers by operation; `*` for those without their own. Absent: the providers\' own priority.' }
  ),
  plugins: Type.Object({
    directories: Type.Array(Type.String({ minLength: 1 }), {
      default: [], description: 'Directories with more plugins, relative to the configuration file.'
    })
  }, {
    // Every other key is a plugin's name: its options, or false to leave it out.
    additionalProperties: Type.Union([Type.Literal(false), Type.Record(Type.String(), Type.Unknown())]),
    default: {}
  }),
  limits: Type.Composite([
    Type.Object({
      bodyBytes: Type.Integer({ minimum: 1024, default: 64 * 1024 * 1024, description: 'Largest request body.' }),
      idleBytes: Type.Integer({
        minimum: 0, default: 128 * 1024 * 1024, description: 'Memory of edits that have ended well, kept half a minute for the next ones; 0 = each edit has memory of its own.'
      })
    }),
    ImageLimits
  ], { ...closed, default: {} }),
  gates: Gates,
  countChanges: Type.Boolean({
    default: true, description: 'Say in `metadata.preservation` what a result has changed also where nothing is put back: both pictures are decoded for it.'
  }),
  downloads: Type.Object({
    allowHosts: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Hosts (`host` or `host:port`) that results may be fetched from although their address is private, ' +
        'also by plain http. Environment: DOWNLOAD_ALLOW_HOSTS, separated by commas.'
    }),
    imageUrls: Type.Union([Type.Boolean(), Type.Array(Type.String({ minLength: 1 }))], {
      default: false,
      description: 'May callers send the address of an image instead of the image: `false`, `true` (any public host), or a list of ' +
        '`host` or `host:port`. A listed host may be private only where `allowHosts` has it too.'
    })
  }, { ...closed, default: {} })
}, closed)

export type ConfigFile = Static<typeof Config>

export type Environment = Readonly<Record<string, string | undefined>>

/** The file's settings over the defaults, and the environment over both. Plugins' options come out of it by `pluginOptions`. */
export interface Config extends Omit<ConfigFile, 'order' | 'plugins'> {
  readonly order: Order
  /** Every key but `directories` is a plugin's name. */
  readonly plugins: Readonly<Record<string, unknown>> & { readonly directories: readonly string[] }
  readonly environment: Environment
}

/**
 * Reads `retouch.config.json` (or the file that RETOUCH_CONFIG names) and the environment: the only place that does.
 * @throws {TypeError} that names the file or variable, the key and what is wrong with it
 */
export function loadConfig (environment: Environment = process.env, directory = process.cwd()): Config {
  const named = environment.RETOUCH_CONFIG
  const file = resolve(directory, named ?? 'retouch.config.json')
  if (named !== undefined && !existsSync(file)) throw new TypeError(`RETOUCH_CONFIG names ${file}, which does not exist`)
  const settings = existsSync(file) ? parseFile(file) : {}
  return configFrom(settings, { environment, directory: dirname(file), source: file })
}

/** The configuration out of settings that are at hand, as tests and embedders have them. */
export function configFrom (settings: unknown, { environment = {}, directory = process.cwd(), source = 'configuration' }: {
  environment?: Environment
  directory?: string
  source?: string
} = {}): Config {
  const config = parse(settings, source)
  const merged = parse({ ...config, ...fromEnvironment(environment, config) }, 'environment')
  const { plugins } = merged
  return {
    ...merged,
    order: merged.order,
    plugins: {
      ...plugins,
      directories: plugins.directories.map(path => isAbsolute(path) ? path : resolve(directory, path))
    },
    environment
  }
}

function fromEnvironment ({ HOST, PORT, LOG_LEVEL, DOWNLOAD_ALLOW_HOSTS }: Environment, config: ConfigFile): object {
  return {
    ...HOST ? { host: HOST } : {},
    ...PORT ? { port: PORT } : {},
    ...LOG_LEVEL ? { logLevel: LOG_LEVEL } : {},
    ...DOWNLOAD_ALLOW_HOSTS
      ? { downloads: { ...config.downloads, allowHosts: [...config.downloads.allowHosts, ...DOWNLOAD_ALLOW_HOSTS.split(',').map(host => host.trim()).filter(Boolean)] } }
      : {}
  }
}

function parseFile (file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const { message } = cause as Error // neither of the two throws anything else
    throw new TypeError(`${file} cannot be read as JSON: ${message}`, { cause })
  }
}

function parse (settings: unknown, source: string): ConfigFile {
  try {
    return parseWith(Config, settings)
  } catch (cause) {
    const { problems } = cause as SchemaError // the schema is ours: nothing else is thrown
    const texts = problems.slice(0, 5).map(({ path, message }) => `${path || 'the whole'} ${message}`)
    throw new TypeError(`${source}: ${texts.join('; ')}`, { cause })
  }
}
