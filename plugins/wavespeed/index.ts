import { Type, type Static } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import { createClassify } from './errors.ts'
import { createProvider, describe } from './provider.ts'
import { createSubmits } from './submits.ts'
import type { Wavespeed } from './types.ts'

export const options = Type.Object({
  apiKey: Type.Optional(Type.String({
    // A key with a quote, a space or a line break would else fail at the first request.
    pattern: '^[A-Za-z0-9._-]{8,}$',
    description: 'Key of wavespeed.ai/accesskey; works only after the first top-up. Without it WaveSpeed\'s providers are skipped. Environment: WAVESPEED_API_KEY.'
  })),
  baseUrl: Type.String({
    pattern: '^https?://', default: 'https://api.wavespeed.ai', description: 'Origin of the API. Environment: WAVESPEED_BASE_URL.'
  }),
  timeoutMs: Type.Integer({
    minimum: 1000, default: 120_000, description: 'Longest wait for an answer. A task whose answer comes too late may be charged all the same. Environment: WAVESPEED_TIMEOUT_MS.'
  }),
  pollMs: Type.Integer({ minimum: 1, default: 2000, description: 'Time between two questions for a task. Environment: WAVESPEED_POLL_MS.' }),
  inlineBytes: Type.Integer({
    minimum: 0,
    default: 4 * 1024 * 1024,
    description: 'Most base64 in a request; above it pictures are uploaded to WaveSpeed first, where they stay for 7 days. 0 = always, ' +
      'which also makes a task recognisable whose creation was lost. Environment: WAVESPEED_INLINE_BYTES.'
  }),
  exclusiveAccount: Type.Boolean({
    default: false,
    description: 'Nobody else uses the account: no other instance of this service, no other program, not the website. Then a task whose ' +
      'creation was lost is also taken up again when it is merely the only one it can be. Environment: WAVESPEED_EXCLUSIVE_ACCOUNT.'
  })
}, { additionalProperties: false })

/** The account at WaveSpeed AI, at `app.wavespeed`: every model of the vendor is a plugin of its own that depends on this one. */
export default fp<Static<typeof options>>(async (app, { apiKey, baseUrl, timeoutMs, ...settings }) => {
  const { EditError, providers } = app
  const upstream = apiKey === undefined
    ? undefined
    : app.createUpstream({
      name: 'wavespeed',
      baseUrl,
      headers: { authorization: `Bearer ${apiKey}` },
      secrets: [apiKey],
      headersTimeoutMs: timeoutMs,
      classify: createClassify(EditError)
    })
  const submits = createSubmits()
  const wavespeed: Wavespeed = {
    register (provider) {
      if (upstream === undefined) return providers.unconfigured(describe(provider), 'WAVESPEED_API_KEY is not set')
      providers.register(createProvider(provider, { ...settings, upstream, EditError, submits }))
    }
  }
  app.decorate('wavespeed', wavespeed)
}, { name: 'wavespeed', decorators: { fastify: ['providers', 'createUpstream', 'EditError'] } })
