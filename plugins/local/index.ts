import { availableParallelism } from 'node:os'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createPool } from './pool.ts'
import { createLocal } from './provider.ts'

export const options = Type.Object({
  threads: Type.Optional(Type.Integer({
    minimum: 1,
    maximum: 64,
    description: 'Edits at once. Default: one less than the machine has cores, at least 1.'
  }))
})

/** The company behind it: this machine. */
export const vendor = 'local'

async function local (app: FastifyInstance, { threads = Math.max(1, availableParallelism() - 1) }: Static<typeof options>): Promise<void> {
  const pool = createPool({ threads, log: app.log })
  app.addHook('onClose', async () => await pool.close())
  app.providers.register(createLocal({ pool, threads, EditError: app.EditError }))
}

export default fp(local, { name: 'local', fastify: '5.x', encapsulate: true })
