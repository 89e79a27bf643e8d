import type { Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import { buildApp, configFrom, type EditContext, type EditInput, type ProviderEdit, type Upstream, type UpstreamAnswer, type UpstreamBody, type UpstreamCall } from '../../../core/index.ts'
import { cards } from '../../../plugins/huggingface/cards.ts'
import type { Route, StrategyName } from '../../../plugins/huggingface/mapping.ts'
import type { StrategyTools } from '../../../plugins/huggingface/strategies/types.ts'
import { createHuggingFaceEmulator, type HuggingFaceEmulatorOptions } from '../../vendors/huggingface/index.ts'
import { size, image } from '../../vendors/huggingface/client.ts'
import { oneCallEach } from '../../fixtures/one-call-each.ts'

export { image, size }

const fields = {
  image: 'image', mask: 'mask', background: 'background', lighting: 'lighting', prompt: 'prompt', searchPrompt: 'search', selectPrompt: 'select', expansion: 'expansion'
}

/** A model that each provider serves. */
export const models = {
  'fal-ai': 'Qwen/Qwen-Image-Edit',
  replicate: 'black-forest-labs/FLUX.1-Kontext-dev',
  wavespeed: 'Qwen/Qwen-Image-Edit-2509',
  together: 'black-forest-labs/FLUX.2-dev',
  'hf-inference': 'timbrooks/instruct-pix2pix'
} as const satisfies Record<StrategyName, string>

export const names = Object.keys(models) as StrategyName[] // Object.keys forgets which

/** The service with Hugging Face as its only choice, before the emulator. */
export async function startService (t: Test, emulatorOptions: HuggingFaceEmulatorOptions = {}, options: Record<string, unknown> = {}, settings: Record<string, unknown> = {}, others: Record<string, unknown> = {}) {
  const emulator = await createHuggingFaceEmulator(emulatorOptions)
  t.after(() => emulator.close())
  const app = await buildApp(configFrom({
    ...oneCallEach,
    logLevel: 'silent',
    order: { '*': ['huggingface'] },
    plugins: { huggingface: { apiKey: emulator.key, baseUrl: emulator.url, hubUrl: emulator.hub.url, pollMs: 50, ...options }, ...others },
    downloads: { allowHosts: [new URL(emulator.files.url).host] },
    ...settings
  }))
  t.after(() => app.close())
  const run = async (changes: Partial<EditInput> & { readonly model?: string } = {}, signal = new AbortController().signal) => {
    const { model, ...input } = changes
    return await app.edits.run({
      operation: 'general_edit',
      fields,
      images: [image],
      prompt: 'a green apple',
      parameters: {},
      output: { format: 'image/png' },
      route: model === undefined ? {} : { model },
      ...input
    }, { signal, log: app.log })
  }
  const posts = () => emulator.calls.filter(({ method }) => method === 'POST')
  return { app, emulator, run, posts }
}

/** An edit as the kernel hands it to the provider. */
export function providerEdit (changes: Partial<ProviderEdit> = {}): ProviderEdit {
  const [card] = cards
  return {
    operation: 'general_edit',
    model: card.id,
    card,
    images: [{ bytes: image, mediaType: 'image/png', ...size }],
    prompt: 'a green apple',
    parameters: {},
    output: { format: 'image/png' },
    ...changes
  }
}

export function routeTo (provider: StrategyName, changes: Partial<Route> = {}): Route {
  return { model: models[provider], provider, providerId: 'maker/model', staging: false, ...changes }
}

export const signal = new AbortController().signal

/** All that a strategy or provider uses of it. */
export const context = { signal } as EditContext

export interface Sent extends Partial<UpstreamCall> {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: UpstreamBody
}

/** An upstream that answers what it is told, and remembers what was sent: for answers that no emulator gives. */
export function scripted (...answers: ReadonlyArray<UpstreamAnswer | Error>): StrategyTools & { readonly sent: Sent[] } {
  const sent: Sent[] = []
  const waiting = [...answers]
  const take = async (call: Sent) => {
    sent.push(call)
    const answer = waiting.shift()
    if (answer === undefined || answer instanceof Error) throw answer
    return answer
  }
  const upstream: Upstream = {
    get: (path, call) => take({ method: 'GET', path, ...call }),
    post: (path, body, call) => take({ method: 'POST', path, body, ...call }),
    put: (path, body, call) => take({ method: 'PUT', path, body, ...call }),
    upload: async () => { throw new TypeError('nothing is uploaded') }
  }
  return { upstream, EditError, falQueue: true, sent }
}

export function json (value: unknown, { status = 200, headers = {} }: { status?: number, headers?: Record<string, string> } = {}): UpstreamAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(JSON.stringify(value) ?? ''), json: value }
}
