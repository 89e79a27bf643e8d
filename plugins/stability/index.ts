import { Type, type Static } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import { createClassify } from './errors.ts'
import { createProvider, description } from './provider.ts'

export const vendor = 'stability'

export const options = Type.Object({
  apiKey: Type.Optional(Type.String({
    // A key with a quote, a line break or only its first half would else fail at the first request.
    pattern: '^sk-[A-Za-z0-9_-]{20,}$',
    description: 'Key of platform.stability.ai: `sk-` and at least 20 more letters, digits, _ or -. Without it the provider is skipped. Environment: STABILITY_API_KEY.'
  })),
  baseUrl: Type.String({
    pattern: '^https?://', default: 'https://api.stability.ai', description: 'Origin of the API. Environment: STABILITY_BASE_URL.'
  }),
  timeoutMs: Type.Integer({
    minimum: 1000, default: 120_000, description: 'Longest wait for the vendor\'s answer. One that comes too late may be charged all the same. Environment: STABILITY_TIMEOUT_MS.'
  }),
  pollMs: Type.Integer({
    minimum: 1, default: 10_000, description: 'Time between two questions for a relight; the vendor forbids less than 10 s. Environment: STABILITY_POLL_MS.'
  })
}, { additionalProperties: false })

/** Stability AI: inpaint, erase, outpaint, search and replace, search and recolor, remove background, relight. */
export default fp<Static<typeof options>>(async (app, { apiKey, baseUrl, timeoutMs, pollMs }) => {
  const { EditError } = app
  if (apiKey === undefined) return app.providers.unconfigured(description, 'STABILITY_API_KEY is not set')
  const upstream = app.createUpstream({
    name: 'stability',
    baseUrl,
    headers: { authorization: `Bearer ${apiKey}` },
    secrets: [apiKey],
    headersTimeoutMs: timeoutMs,
    classify: createClassify(EditError)
  })
  app.providers.register(createProvider({ upstream, EditError, pollMs }))
}, { name: 'stability', encapsulate: true, decorators: { fastify: ['providers', 'createUpstream', 'EditError'] } })
