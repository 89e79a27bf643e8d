import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { pino } from 'pino'
import sharp from 'sharp'
import type { Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import type { Billed, ErrorCode } from '../../core/errors.ts'
// Loaded before anything is measured against a slice of the deadline.
import '../../core/upstream/index.ts'
import { size } from './vendor.ts'

/** What a caller sends, and what the vendors must get. */
export const image = await sharp({ create: { ...size, channels: 3, background: '#369' } }).png().toBuffer()
export const mask = await sharp(Buffer.from(Array.from({ length: size.width * size.height }, (_, pixel) => pixel % size.width < 20 ? 255 : 0)), {
  raw: { ...size, channels: 1 }
}).png().toBuffer()
export const prompt = 'a green ball'

/** An attempt as the answer's trail tells it. */
export interface WireAttempt {
  readonly provider: string
  readonly model: string
  readonly code: ErrorCode | null
  readonly message: string | null
  readonly ms: number
  readonly cost_usd: number
  readonly billed: Billed
  readonly resumed: boolean
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** null = success. */
  readonly code: ErrorCode | null
  readonly provider: string | undefined
  readonly attempts: readonly WireAttempt[]
  readonly skipped: ReadonlyArray<{ readonly provider: string, readonly reason: string }>
  readonly warnings: readonly string[]
  /** Base64. */
  readonly picture: string | undefined
}

export interface Service {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly logs: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** One edit over HTTP; `inpaint` with a mask unless the fields say otherwise. */
  edit (fields?: object, signal?: AbortSignal): Promise<Reply>
}

const root = resolve(import.meta.dirname, '../..')
const fixtures = resolve(root, 'test/fixtures/fault-providers')
const isProvider = /^(local|stability|huggingface|wavespeed.*)$/
const ownProviders = readdirSync(resolve(root, 'plugins')).filter(name => isProvider.test(name))
const testProviders = readdirSync(fixtures).filter(name => !name.startsWith('_')).map(name => name.replace(/\.ts$/, ''))

/**
 * The whole service, listening, with the providers of `plugins` as its chain, in that order, and nobody else. Settings are those
 * of the configuration file; a deadline may be shorter than an operator could have it.
 */
export async function serve (t: Test, plugins: Readonly<Record<string, object>>, { deadlineMs = 20_000, order, ...settings }: {
  readonly deadlineMs?: number, readonly order?: readonly string[], readonly [key: string]: unknown
} = {}): Promise<Service> {
  const others = [...ownProviders, ...testProviders].filter(name => !Object.hasOwn(plugins, name))
  const logs: Array<Record<string, unknown>> = []
  const config = configFrom({
    shortestSliceMs: 10_000,
    downloads: { allowHosts: ['127.0.0.1'] },
    ...settings,
    order: { '*': order ?? Object.keys(plugins) },
    plugins: { directories: [fixtures], ...Object.fromEntries(others.map(name => [name, false])), ...plugins }
  })
  const app = await buildApp({ ...config, deadlineMs }, { logger: pino({ level: 'info' }, { write: line => logs.push(JSON.parse(line)) }) })
  t.after(() => app.close())
  const url = await app.listen({ port: 0 })
  return { url, logs, edit: async (fields, signal) => await post(url, fields, signal) }
}

/** Posts an edit to a service. */
export async function post (url: string, fields: object = {}, signal?: AbortSignal): Promise<Reply> {
  const response = await fetch(`${url}/api/image-studio/edit/process`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'inpaint', prompt, image_base64: image.toString('base64'), mask_base64: mask.toString('base64'), ...fields }),
    ...signal && { signal }
  })
  // Only read here: what is not there fails the checks.
  const body = await response.json() as { provider?: string, image_base64?: string, metadata?: Partial<Reply>, detail?: Partial<Reply> }
  const { attempts = [], skipped = [], warnings = [] } = body.metadata ?? body.detail ?? {}
  return {
    status: response.status,
    headers: response.headers,
    code: body.detail?.code ?? null,
    provider: body.provider,
    attempts,
    skipped,
    warnings,
    picture: body.image_base64
  }
}
