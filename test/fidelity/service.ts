import { buildApp, configFrom } from '../../core/index.ts'
import { anyResult, oneCallEach } from '../fixtures/one-call-each.ts'
import { createHuggingFaceEmulator } from '../vendors/huggingface/index.ts'
import { goodManners, seededManners } from '../vendors/manners.ts'
import { createStabilityEmulator } from '../vendors/stability/index.ts'
import { createWavespeedEmulator } from '../vendors/wavespeed/index.ts'

export interface Answer {
  readonly status: number
  readonly body: {
    readonly image_base64: string
    readonly width: number
    readonly height: number
    readonly provider: string
    readonly metadata: {
      readonly output_format: string
      readonly adaptations: ReadonlyArray<{ readonly kind: string, readonly detail: string }>
      readonly warnings: readonly string[]
      readonly preservation: { readonly changed?: number, readonly changed_before?: number, readonly changed_after?: number } | null
    }
    readonly detail?: { readonly code: string, readonly message: string, readonly attempts?: ReadonlyArray<{ readonly code: string | null, readonly message: string | null }> }
  }
}

/** What `/edit/plan` tells. */
export interface WirePlan {
  readonly candidates: ReadonlyArray<{ readonly provider: string, readonly model: string, readonly emulated: boolean }>
  readonly rejected: ReadonlyArray<{ readonly provider: string, readonly model: string, readonly reason: string, readonly message: string }>
}

export interface Service {
  readonly providers: readonly string[]
  plan (fields: object): Promise<{ readonly status: number, readonly body: WirePlan }>
  edit (fields: object): Promise<Answer>
  close (): Promise<void>
}

const rich = 1_000_000
const hostOf = (url: string) => new URL(url).host

/** The whole service in this process before all vendors' emulators, each with manners by the seed; or Stability's with good ones. */
export async function startService (seed = 1, { isPolite = false } = {}): Promise<Service> {
  const wavespeedKey = `ws-fidelity-${'0'.repeat(52)}`
  const huggingfaceKey = 'hf_fidelityFidelityFidelityFidelity00'
  const [stability, wavespeed, huggingface] = await Promise.all([
    createStabilityEmulator({
      accounts: { [`sk-fidelity${'0'.repeat(40)}`]: rich }, rateLimit: { requests: rich, windowMs: 1000, lockMs: 1000 }, pollIntervalMs: 0, manners: isPolite ? goodManners : seededManners(seed, { sizes: 'steps', gentle: true })
    }),
    // A quarter of 4096 and 8192 pixels: a thousand pictures of full size would take hours.
    createWavespeedEmulator({
      accounts: { [wavespeedKey]: rich }, rateLimit: { perMinute: rich, concurrent: rich }, polls: 0, pixelScale: 1 / 4, manners: seededManners(seed, { sizes: 'kept', gentle: true })
    }),
    createHuggingFaceEmulator({ accounts: { [huggingfaceKey]: { credits: rich } }, jobPolls: 0, manners: seededManners(seed, { sizes: 'class', gentle: true, area: 768 * 768 }) })
  ])
  const app = await buildApp(configFrom({
    ...oneCallEach,
    // What is promised of the pixels is judged here, of every result, and these manners are so gentle that some show no edit.
    ...anyResult,
    logLevel: 'silent',
    limits: { bodyBytes: 128 * 1024 * 1024 },
    downloads: { allowHosts: [wavespeed.storage.url, huggingface.files.url].map(hostOf) },
    plugins: {
      stability: { apiKey: stability.key, baseUrl: stability.url, pollMs: 10 },
      wavespeed: { apiKey: wavespeedKey, baseUrl: wavespeed.url, pollMs: 10 },
      huggingface: { apiKey: huggingfaceKey, baseUrl: huggingface.url, hubUrl: huggingface.hub.url, pollMs: 10 }
    }
  }))
  await app.ready()
  const post = async (path: string, payload: object) => {
    const response = await app.inject({ method: 'POST', url: `/api/image-studio/edit/${path}`, payload })
    return { status: response.statusCode, body: response.json() }
  }
  return {
    providers: app.edits.providers().filter(({ status }) => status === 'ready').map(({ name }) => name),
    plan: async fields => await post('plan', fields),
    edit: async fields => await post('process', fields),
    async close () {
      await app.close()
      await Promise.all([stability, wavespeed, huggingface].map(vendor => vendor.close()))
    }
  }
}
