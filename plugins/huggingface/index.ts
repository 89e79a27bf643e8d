import { Type, type Static } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import { createClassify } from './errors.ts'
import { createMapping, strategyNames } from './mapping.ts'
import { createProvider, description } from './provider.ts'

export const vendor = 'huggingface'

const providers = ['auto', ...strategyNames] as const

export const options = Type.Object({
  apiKey: Type.Optional(Type.String({
    // A token with a quote, a line break or only its first half would else fail at the first request.
    pattern: '^hf_[A-Za-z0-9._-]{10,}$',
    env: ['HF_TOKEN'],
    description: 'Token of huggingface.co/settings/tokens with the permission "Make calls to Inference Providers": `hf_` and at least 10 more letters, ' +
      'digits, dots, _ or -. Without it the provider is skipped. Environment: HUGGINGFACE_API_KEY or HF_TOKEN.'
  })),
  baseUrl: Type.String({
    pattern: '^https?://', default: 'https://router.huggingface.co', description: 'The router of the Inference Providers. Environment: HUGGINGFACE_BASE_URL.'
  }),
  hubUrl: Type.String({
    pattern: '^https?://[^?#]*[^/?#]$',
    default: 'https://huggingface.co',
    description: 'The Hub, which knows who serves a model; the token goes there too. Environment: HUGGINGFACE_HUB_URL.'
  }),
  provider: Type.Unsafe<typeof providers[number]>({
    type: 'string',
    enum: [...providers],
    default: 'auto',
    description: 'Who is to do the work; auto: the first that serves the model, in the order of the token\'s user. Environment: HUGGINGFACE_PROVIDER.'
  }),
  billTo: Type.Optional(Type.String({
    pattern: '^[A-Za-z0-9][\\w.-]*$', description: 'Organisation whose bill the calls go on. Environment: HUGGINGFACE_BILL_TO.'
  })),
  falQueue: Type.Boolean({
    default: true, description: 'fal.ai by its queue, whose jobs outlive a lost connection; false: by its synchronous endpoint. Environment: HUGGINGFACE_FAL_QUEUE.'
  }),
  mappingCacheMs: Type.Integer({
    minimum: 0, default: 600_000, description: 'How long it is remembered who serves a model; that nobody does, at most a minute. Environment: HUGGINGFACE_MAPPING_CACHE_MS.'
  }),
  timeoutMs: Type.Integer({
    minimum: 1000, default: 120_000, description: 'Longest wait for an answer. One that comes too late may be charged all the same. Environment: HUGGINGFACE_TIMEOUT_MS.'
  }),
  pollMs: Type.Integer({
    minimum: 1, default: 1000, description: 'Time between two questions for a job. Environment: HUGGINGFACE_POLL_MS.'
  })
}, { additionalProperties: false })

/** The Inference Providers of Hugging Face: general edits by any image-to-image model of the Hub that one of them serves. */
export default fp<Static<typeof options>>(async (app, { apiKey, baseUrl, hubUrl, provider, billTo, falQueue, mappingCacheMs, timeoutMs, pollMs }) => {
  const { EditError } = app
  if (apiKey === undefined) return app.providers.unconfigured(description, 'HUGGINGFACE_API_KEY (or HF_TOKEN) is not set')
  const shared = {
    headers: { authorization: `Bearer ${apiKey}` }, secrets: [apiKey], headersTimeoutMs: timeoutMs, classify: createClassify(EditError)
  }
  const hub = app.createUpstream({ ...shared, name: 'huggingface-hub', baseUrl: hubUrl })
  const upstream = app.createUpstream({
    ...shared,
    name: 'huggingface',
    baseUrl,
    headers: { ...shared.headers, ...billTo !== undefined && { 'x-hf-bill-to': billTo } }
  })
  const mapping = createMapping({ hub, EditError, provider, cacheMs: mappingCacheMs })
  app.providers.register(createProvider({ upstream, EditError, falQueue, mapping, provider, pollMs }))
}, { name: 'huggingface', encapsulate: true, decorators: { fastify: ['providers', 'createUpstream', 'EditError'] } })
