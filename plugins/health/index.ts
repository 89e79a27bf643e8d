import { setTimeout as delay } from 'node:timers/promises'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

export const options = Type.Object({
  drainMs: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'How long the service goes on as before when it shall stop, but says that it is not ready: as long as a load balancer takes to see it. ' +
      'Part of closeMs. Environment: HEALTH_DRAIN_MS.'
  })
}, { additionalProperties: false })

/** What orchestrators and load balancers ask. */
async function health (app: FastifyInstance, { drainMs }: Static<typeof options>): Promise<void> {
  // Asked every few seconds: only what goes wrong is worth a line.
  const route = { logLevel: 'warn' as const }
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
    if (app.server.listening) await delay(drainMs)
  })
  app.addHook('onRequest', async (_, reply) => { reply.header('cache-control', 'no-store') })

  app.get('/health/live', route, async () => ({ status: 'live' }))

  app.get('/health/ready', route, async (_, reply) => {
    const overloaded = [
      app.hasDecorator('overload') ? app.overload.reason() : null,
      app.hasDecorator('bodies') ? app.bodies.reason() : null
    ].filter(reason => reason !== null)
    const reasons = [
      ...stopping ? ['the service is stopping'] : [],
      ...app.edits.providers().some(({ status }) => status === 'ready') ? [] : ['no provider is ready'],
      ...overloaded.map(reason => `the service has too much to do: ${reason}`)
    ]
    if (reasons.length === 0) return { status: 'ready' }
    return await reply.code(503).send({ status: 'not ready', reasons })
  })
}

export default fp(health, { name: 'health', fastify: '5.x', encapsulate: true, decorators: { fastify: ['edits'] } })
