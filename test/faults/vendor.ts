import { createHash, randomBytes } from 'node:crypto'
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import sharp from 'sharp'
import type { Test } from 'tap'
import { bytesAnswer, jsonAnswer } from '../vendors/answer.ts'
import { createEmulator, type Emulator, type EmulatorCall, type Exchange } from '../vendors/emulator.ts'

export interface Vendor extends Pick<Emulator, 'url' | 'calls' | 'script' | 'spent'> {
  /** Calls that order something: whatever became of them. */
  orders (): EmulatorCall[]
  /** What the orders held, in the order in which they were accepted. */
  readonly accepted: ReadonlyArray<Static<typeof Order>>
  /** Ids of jobs. */
  cancelled (): string[]
}

export interface VendorOptions {
  /** For one picture. */
  readonly usd?: number
  /** What a job is said to be, poll by poll; the last word stays. */
  readonly words?: readonly string[]
  /** An edit is answered by its picture's address. */
  readonly byUrl?: boolean
  /** Where a picture lies, when it is not here. */
  readonly resultUrl?: (id: string) => string
}

export const size = { width: 96, height: 80 }
/** What every vendor paints. */
const picture = await sharp({ create: { ...size, channels: 3, background: '#c63' } }).png().toBuffer()
const Order = Type.Object({
  prompt: Type.String(), image: Type.String(), mask: Type.Optional(Type.String()), seed: Type.Optional(Type.Integer())
}, { additionalProperties: false })

/**
 * The smallest vendor there can be: `POST /v1/edits` answers with a picture or its address, `POST /v1/jobs` with a job to be polled at
 * `GET /v1/jobs/{id}`, fetched from `/v1/files/` and cancelled by `PUT /v1/jobs/{id}/cancel`. What it accepts it charges at
 * once, in USD, and never gives back, except for a job that has failed. The log shows the bytes of an order by their digest.
 */
export async function createVendor (t: Test, { usd = 0.05, words = ['running', 'done'], byUrl = false, resultUrl }: VendorOptions = {}): Promise<Vendor> {
  const emulator = createEmulator()
  t.after(() => emulator.close())
  const jobs = new Map<string, { order: EmulatorCall, polls: number, cancelled: boolean }>()

  const accepted: Array<Static<typeof Order>> = []

  const accept = ({ call, body }: Exchange): boolean => {
    const order: unknown = JSON.parse(body.toString())
    if (!Value.Check(Order, order)) return false
    const { prompt, image, mask, seed } = order
    call.fields = { prompt, image: digest(image), ...mask !== undefined && { mask: digest(mask) }, ...seed !== undefined && { seed: String(seed) } }
    call.charged = usd
    accepted.push(order)
    return true
  }
  const refusal = jsonAnswer(422, { error: 'that is no order' })

  const urlOf = (id: string) => resultUrl?.(id) ?? `${emulator.url}/v1/files/${id}.png`

  emulator.route('POST', '/v1/edits', exchange => {
    if (!accept(exchange)) return refusal
    return byUrl ? jsonAnswer(200, { url: urlOf('edit') }) : bytesAnswer(200, 'image/png', picture)
  })
  emulator.route('POST', '/v1/jobs', exchange => {
    if (!accept(exchange)) return refusal
    const id = randomBytes(8).toString('hex')
    jobs.set(id, { order: exchange.call, polls: 0, cancelled: false })
    return jsonAnswer(202, { id, status: 'queued' })
  })
  emulator.route('GET', '/v1/jobs/:id', ({ params: { id = '' } }) => {
    const job = jobs.get(id)
    if (job === undefined) return jsonAnswer(404, { error: 'no such job' })
    const status = words[Math.min(job.polls++, words.length - 1)]
    if (status === 'failed') job.order.charged = 0
    return jsonAnswer(200, { id, status, ...status === 'done' && { url: urlOf(id) } })
  })
  emulator.route('PUT', '/v1/jobs/:id/cancel', ({ params: { id = '' } }) => {
    const job = jobs.get(id)
    if (job !== undefined) job.cancelled = true
    return jsonAnswer(200, { id, status: 'cancelled' })
  })
  emulator.route('GET', '/v1/files/:name', () => bytesAnswer(200, 'image/png', picture))

  await emulator.listen()
  return {
    url: emulator.url,
    calls: emulator.calls,
    accepted,
    script: emulator.script,
    spent: emulator.spent,
    orders: () => emulator.calls.filter(({ method, path }) => method === 'POST' && /^\/v1\/(edits|jobs)$/.test(path)),
    cancelled: () => [...jobs].flatMap(([id, { cancelled }]) => cancelled ? [id] : [])
  }
}

/** SHA-256 of what stands there as base64. */
export function digest (base64: string): string {
  return createHash('sha256').update(base64, 'base64').digest('hex')
}
