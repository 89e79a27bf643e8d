import { randomBytes } from 'node:crypto'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createSigner } from './signature.ts'
import { createStore } from './store.ts'
import type { Results } from './types.ts'

export const options = Type.Object({
  directory: Type.Optional(Type.String({
    minLength: 1,
    description: 'Where results lie. Without it, a directory for temporary files that goes with the process. Environment: HTTP_RESULTS_DIRECTORY.'
  })),
  ttlSeconds: Type.Integer({ minimum: 1, maximum: 31_536_000, default: 3600, description: 'How long a result can be fetched. Environment: HTTP_RESULTS_TTL_SECONDS.' }),
  maxBytes: Type.Integer({ minimum: 1, default: 1024 * 1024 * 1024, description: 'Of all results together; the oldest go first. Environment: HTTP_RESULTS_MAX_BYTES.' }),
  key: Type.Optional(Type.String({
    minLength: 32,
    description: 'Signs the URLs. Processes that share a directory share it too; without it, one is made at each start, and earlier URLs end with it. ' +
      'Environment: HTTP_RESULTS_KEY.'
  })),
  publicUrl: Type.Optional(Type.String({
    pattern: '^https?://[^?#]+$',
    description: 'Where callers reach this service, e.g. https://images.example.com. Without it, the host that a request names. Environment: HTTP_RESULTS_PUBLIC_URL.'
  }))
}, { additionalProperties: false })

/** Time between two looks for what has expired. */
const sweepMs = 60_000

interface ResultRoute {
  Params: { name: string }
  Querystring: { expires?: unknown, signature?: unknown }
}

/** Results by URL, for those who do not want them in the answer: `app.results`. Kept on this machine's disk for a while. */
async function httpResults (app: FastifyInstance, { directory, ttlSeconds, maxBytes, key = randomBytes(32).toString('hex'), publicUrl }: Static<typeof options>): Promise<void> {
  const signer = createSigner(key)
  const store = await createStore({ directory, ttlMs: ttlSeconds * 1000, maxBytes })
  await store.sweep()
  const timer = setInterval(() => { store.sweep().catch((err: unknown) => app.log.error({ err }, 'old results cannot be removed')) }, sweepMs).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await store.close()
  })

  const results: Results = {
    async keep (bytes, mediaType, { protocol, host }) {
      const name = await store.keep(bytes, mediaType.replace('image/', ''))
      const expires = Math.floor(Date.now() / 1000) + ttlSeconds
      const origin = publicUrl?.replace(/\/+$/, '') ?? `${protocol}://${host}`
      return `${origin}/v1/results/${name}?expires=${expires}&signature=${signer.sign(name, expires)}`
    }
  }
  app.decorate('results', results)

  app.get<ResultRoute>('/v1/results/:name', async ({ params: { name }, query: { expires, signature } }, reply) => {
    const seconds = Number(expires) - Date.now() / 1000
    // What is wrong with an address is nobody's business: all of it is not there.
    const mayRead = signer.isSigned(name, String(expires), String(signature)) && seconds > 0
    const file = mayRead ? await store.open(name) : undefined
    if (file === undefined) {
      const error = { message: 'There is no such result, or no more.', type: 'invalid_request_error', param: null, code: 'result_not_found' }
      return await reply.code(404).header('cache-control', 'no-store').send({ error })
    }
    reply.headers({
      'content-type': `image/${name.split('.').at(-1)}`,
      'content-length': (await file.stat()).size,
      'cache-control': `private, max-age=${Math.floor(seconds)}, immutable`,
      'x-content-type-options': 'nosniff'
    })
    return await reply.send(file.createReadStream())
  })
}

export default fp(httpResults, { name: 'http-results', fastify: '5.x' })
