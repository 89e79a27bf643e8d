import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { sendAnswer } from '../_http/send-answer.ts'
import { within } from '../_http/within.ts'
import { readPreference } from './prefer.ts'
import { createMemoryJobs } from './store.ts'
import type { JobAnswer, Jobs, JobTask, KeptAnswer } from './types.ts'

export const options = Type.Object({
  ttlMs: Type.Integer({ minimum: 1000, default: 3_600_000, description: 'How long a job is kept after its end. Environment: HTTP_JOBS_TTL_MS.' }),
  maxBytes: Type.Integer({
    minimum: 1, default: 256 * 1024 * 1024, description: 'Of all kept answers together; while they take more, no job is begun. Environment: HTTP_JOBS_MAX_BYTES.'
  }),
  maxRunning: Type.Integer({ minimum: 1, default: 64, description: 'Jobs under way at once. Environment: HTTP_JOBS_MAX_RUNNING.' }),
  maxWaitMs: Type.Integer({ minimum: 0, default: 60_000, description: 'Longest time that a caller may wait by `Prefer: wait`. Environment: HTTP_JOBS_MAX_WAIT_MS.' }),
  retryAfterMs: Type.Integer({ minimum: 1000, default: 2000, description: 'Who asks for a job is told to wait so long until the next time. Environment: HTTP_JOBS_RETRY_AFTER_MS.' })
}, { additionalProperties: false })

/** Nobody wants the job's answer. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled'
}

interface Running { readonly done: Promise<void>, readonly cancel: (reason: unknown) => void }

/**
 * Edits that take longer than a connection lives: with `Prefer: respond-async` or `Prefer: wait=N` (RFC 7240) whoever sends one gets
 * a 202 and an address, at which the answer is fetched once it is there, just as it would have been.
 */
async function httpJobs (app: FastifyInstance, { maxRunning, maxWaitMs, retryAfterMs, ...kept }: Static<typeof options>): Promise<void> {
  const store = createMemoryJobs(kept)
  const running = new Map<string, Running>()
  let closing = false
  const addressOf = (id: string) => `/jobs/${id}`
  const stillRunning = (reply: FastifyReply, id: string) => reply.code(202)
    .headers({ location: addressOf(id), 'retry-after': Math.ceil(retryAfterMs / 1000), 'cache-control': 'no-store' })
    .send({ id, status: 'running', location: addressOf(id) })

  async function begin ({ work, failed }: JobTask) {
    const controller = new AbortController()
    const id = await store.create()
    const outcome = work(controller.signal)
    const { promise: isPromised, resolve: promise } = Promise.withResolvers<boolean>()
    const done = Promise.allSettled([outcome]).then(async ([ended]) => {
      // Who still waits gets it as it is; who has cancelled or left wants nothing.
      if (!await isPromised || controller.signal.aborted) return
      await store.finish(id, joined(ended.status === 'fulfilled' ? ended.value : failed(ended.reason)))
    }).finally(() => running.delete(id))
    const cancel = (reason: unknown) => controller.abort(reason)
    running.set(id, { done, cancel })
    return { id, outcome, done, cancel, promise }
  }

  const jobs: Jobs = {
    async answer (request, reply, task) {
      const { signal, work } = task
      const { waitMs, applied } = readPreference(request.headers.prefer, maxWaitMs)
      if (waitMs === undefined) return await sendAnswer(reply, await work(signal))
      if (closing || running.size >= maxRunning || !await store.hasRoom()) {
        throw new app.EditError('EDIT_ERR_OVERLOADED', 'no room for another job: send the request later, or without Prefer', { retryAfterMs })
      }
      const { id, outcome, done, cancel, promise } = await begin(task)
      // Who leaves without an address could never fetch the answer.
      const follow = () => cancel(signal.reason)
      signal.addEventListener('abort', follow, { once: true })
      if (signal.aborted) follow()
      const forget = async () => {
        promise(false)
        await done
        await store.remove(id)
      }
      const answer = await within(outcome, waitMs)
        .catch(async (err: unknown) => {
          await forget()
          throw err
        })
        .finally(() => signal.removeEventListener('abort', follow))
      reply.header('preference-applied', applied)
      if (answer === undefined) {
        promise(true)
        return await stillRunning(reply, id)
      }
      await forget()
      return await sendAnswer(reply, answer)
    }
  }
  app.decorate('jobs', jobs)

  app.get<{ Params: { id: string } }>('/jobs/:id', async ({ params: { id }, headers }, reply) => {
    const { waitMs = 0 } = readPreference(headers.prefer, maxWaitMs)
    await within(running.get(id)?.done ?? Promise.resolve(), waitMs)
    const job = await store.get(id)
    if (job === undefined) return await reply.code(404).send({ detail: 'Not Found' })
    if (job.answer === undefined) return await stillRunning(reply, id)
    await store.fetched(id)
    return await sendAnswer(reply.header('cache-control', 'no-store'), job.answer)
  })
  app.delete<{ Params: { id: string } }>('/jobs/:id', async ({ params: { id } }, reply) => {
    if (await store.get(id) === undefined) return await reply.code(404).send({ detail: 'Not Found' })
    running.get(id)?.cancel(new JobCancelled('the job was cancelled'))
    await store.remove(id)
    return await reply.code(204).send()
  })
  // What was promised to be there later is finished while the process still listens to those who fetch it.
  app.addHook('preClose', async () => {
    closing = true
    await Promise.all([...running.values()].map(({ done }) => done))
  })
}

function joined ({ body, ...rest }: JobAnswer): KeptAnswer {
  return { ...rest, body: typeof body === 'string' || Buffer.isBuffer(body) ? body : body.join() }
}

export default fp(httpJobs, { name: 'http-jobs', fastify: '5.x', decorators: { fastify: ['edits', 'EditError'] } })
