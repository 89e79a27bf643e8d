import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import fp from 'fastify-plugin'
import type { FastifyPluginAsync } from 'fastify'
import type { Test } from 'tap'
import {
  buildApp, configFrom, type EditContext, type EditInput, type ModelCard, type ProviderEdit, type Upstream, type UpstreamAnswer
} from '../../../core/index.ts'
import * as service from '../../../plugins/wavespeed/index.ts'
import type { ProviderTestOptions } from '../../contract/index.ts'
import { ballPicture, flatPicture } from '../../vendors/stability/pictures.ts'
import { createWavespeedEmulator, type WavespeedEmulatorOptions } from '../../vendors/wavespeed/index.ts'
import { anyResult, oneCallEach } from '../../fixtures/one-call-each.ts'

export const size = { width: 320, height: 256 }
export const image = await ballPicture(size)
export const reference = await flatPicture({ width: 40, height: 40 }, [30, 60, 220])
export const prompt = 'a green ball'

const fields = {
  image: 'image', mask: 'mask', background: 'background', lighting: 'lighting', prompt: 'prompt', searchPrompt: 'search', selectPrompt: 'select', expansion: 'expansion'
}

export type ProviderName = 'wavespeed-qwen' | 'wavespeed-nano-banana' | 'wavespeed-seedream'

/** The service with one of WaveSpeed's providers as its only choice, before the emulator. */
export async function startService (t: Test, { provider = 'wavespeed-qwen', emulator: emulatorOptions = {}, options = {} }: {
  provider?: string
  emulator?: WavespeedEmulatorOptions
  /** Of the plugin `wavespeed`. */
  options?: Record<string, unknown>
} = {}) {
  const emulator = await createWavespeedEmulator({ pixelScale: 1 / 16, ...emulatorOptions })
  t.after(() => emulator.close())
  const app = await buildApp(configFrom({
    ...oneCallEach,
    logLevel: 'silent',
    order: { '*': [provider] },
    downloads: { allowHosts: [new URL(emulator.storage.url).host] },
    plugins: { wavespeed: { apiKey: emulator.key, baseUrl: emulator.url, pollMs: 50, ...options } }
  }))
  t.after(() => app.close())
  const run = async (changes: Partial<EditInput> = {}, signal = new AbortController().signal) => await app.edits.run({
    operation: 'general_edit', fields, images: [image], prompt, parameters: {}, output: { format: 'image/png' }, route: {}, ...changes
  }, { signal, log: app.log })
  const posts = () => emulator.calls.filter(({ method, path }) => method === 'POST' && path.split('/').length > 4 && !path.includes('media'))
  return { app, emulator, run, posts }
}

/**
 * A provider of WaveSpeed together with the plugin that it depends on, as one: the contract kit loads one plugin alone.
 */
export function withService (variant: { readonly default: FastifyPluginAsync }, name: ProviderName): ProviderTestOptions {
  return {
    plugin: {
      default: fp(async (app, options: Parameters<typeof service.default>[1]) => {
        await app.register(service.default, options)
        await app.register(variant.default)
      }, { name, encapsulate: true }),
      options: service.options,
      vendor: 'wavespeed'
    },
    options: { apiKey: 'a-key-for-the-contract-kit', pollMs: 50 },
    async prepare ({ after }) {
      // No call waits long enough, so that every edit becomes a job.
      const emulator = await createWavespeedEmulator({ accounts: { 'a-key-for-the-contract-kit': 100 }, pixelScale: 1 / 16, syncMs: 0, taskMs: 1 })
      after(() => emulator.close())
      return { options: { baseUrl: emulator.url } }
    }
  }
}

export const card: ModelCard = {
  id: 'some-model',
  name: 'Some',
  description: 'Some.',
  tier: 'mid',
  operations: ['general_edit'],
  capabilities: [],
  inputs: { formats: ['image/png'], accepts: ['prompt'], mask: 'white-edits', maxImages: 3 },
  outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: false },
  parameters: {},
  price: { usd: 0.02 },
  expectedSeconds: 1
}

/** An edit as the kernel hands it to a provider. */
export function providerEdit (changes: Partial<ProviderEdit> = {}): ProviderEdit {
  return {
    operation: 'general_edit',
    model: card.id,
    card,
    prompt,
    images: [{ bytes: image, mediaType: 'image/png', ...size }],
    parameters: {},
    output: { format: 'image/png' },
    ...changes
  }
}

/** All that the provider's parts use of a context. */
export function contextOf (signal = new AbortController().signal, log: Pick<EditContext['log'], 'warn'> = { warn: () => {} }): EditContext {
  return { signal, log, deadlineAt: 0, attemptId: '1' } as EditContext // of the log only what is used
}

/** A JSON answer as an upstream gives it. */
export function answerOf (json: unknown, status = 200, headers: Record<string, string> = {}): UpstreamAnswer {
  return { status, headers, json, body: Buffer.from(JSON.stringify(json) ?? '') }
}

/** An upstream whose calls are answered by what the test says, in order; it remembers what was asked. */
export function scriptedUpstream (...answers: Array<unknown>) {
  const calls: Array<{ path: string, body?: unknown, free?: boolean | undefined, headers?: unknown }> = []
  const next = async () => {
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answerOf(answer)
  }
  const upstream: Upstream = {
    get: async path => { calls.push({ path }); return await next() },
    post: async (path, body, { free }) => { calls.push({ path, body, free }); return await next() },
    put: async path => { calls.push({ path }); return await next() },
    upload: async (path, body, { headers }) => { calls.push({ path, body, headers }); return await next() }
  }
  return { upstream, calls }
}

/** What a provider sends for an edit: the JSON body of its create call, as a server reads it. */
export async function bodyOf (t: Test, provider: ProviderName, changes: Partial<EditInput> = {}): Promise<Record<string, unknown>> {
  const bodies: Array<Record<string, unknown>> = []
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') bodies.push(Object(await json(request)))
    response.writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ code: 200, data: { id: 'ab12', status: 'completed', outputs: [image.toString('base64')] } }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise(resolve => server.close(resolve)))
  const address = server.address()
  const app = await buildApp(configFrom({
    ...oneCallEach,
    ...anyResult,
    logLevel: 'silent',
    order: { '*': [provider] },
    plugins: { wavespeed: { apiKey: 'a-key-for-tests', baseUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` } }
  }))
  t.after(() => app.close())
  await app.edits.run({ operation: 'general_edit', fields, images: [image], prompt, parameters: {}, output: { format: 'image/png' }, route: {}, ...changes },
    { signal: new AbortController().signal, log: app.log })
  const [body, ...others] = bodies
  if (body === undefined || others.length > 0) throw new TypeError(`${bodies.length} calls`)
  return body
}
