import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { EditContext, EditProvider, JobHandle, ProviderEdit, Submission, Upstream } from '../../core/index.ts'
import { withBilled, type EditErrorClass } from './errors.ts'
import { inlineImages, sendImages } from './images.ts'
import { findLost } from './recover.ts'
import { withoutBytes, type Submits } from './submits.ts'
import { imagesOf, isRunning, readTask, statusOf, type Task } from './task.ts'
import type { WavespeedModel, WavespeedProvider } from './types.ts'

export interface ProviderOptions {
  readonly upstream: Upstream
  readonly EditError: EditErrorClass
  /** Time between two polls, milliseconds. */
  readonly pollMs: number
  /** Most base64 in one body, bytes. */
  readonly inlineBytes: number
  readonly exclusiveAccount: boolean
  /** Of all providers of the account. */
  readonly submits: Submits
}

const Handle = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }),
  /** The one that was asked for: the vendor does not repeat it. */
  seed: Type.Optional(Type.Integer({ minimum: 0 })),
  /** A status that is in no documentation, once it has been logged. */
  unknownStatus: Type.Optional(Type.String())
})

export const vendor = 'wavespeed'

// Limits "reset every minute".
const rateLimitMs = 60_000

/** What is known of a provider without the key. */
export function describe ({ name, priority, models: [first, ...rest] }: WavespeedProvider) {
  return { name, vendor, ...priority !== undefined && { priority }, models: [first.card, ...rest.map(({ card }) => card)] as const }
}

/**
 * A provider of WaveSpeed's v3 API. Results are fetched from the address that the vendor gives, not as base64 in the answer: that
 * would be a third larger, and every poll might carry it. The vendor has no way to cancel a task.
 */
export function createProvider (provider: WavespeedProvider, options: ProviderOptions): EditProvider {
  const { upstream, EditError, pollMs, submits } = options
  const modelOf = ({ card }: ProviderEdit): WavespeedModel => provider.models.find(model => model.card.id === card.id) ?? provider.models[0]

  const toSubmission = (task: Task | undefined, handle: JobHandle, { log }: EditContext): Submission => {
    if (task === undefined) throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'WaveSpeed answered without the id of a task')
    const status = statusOf(task)
    if (status === 'completed') {
      const images = imagesOf(task)
      if (images === undefined) throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'WaveSpeed completed the task without a picture')
      const { seed } = handle
      return { state: 'done', result: { images, vendorRequestId: task.id, ...typeof seed === 'number' && { seed } } }
    }
    // Words for a task that has failed do not get here. Of one that it does not know, the vendor says to ask on until one's own
    // deadline: that is the attempt's.
    const unknownStatus = isRunning(status) ? undefined : status.slice(0, 100)
    if (unknownStatus !== undefined && unknownStatus !== handle.unknownStatus) log.warn({ status: unknownStatus }, 'unknown status of a task, asking on')
    return { state: 'pending', handle: { ...handle, id: task.id, ...unknownStatus !== undefined && { unknownStatus } }, pollAfterMs: pollMs }
  }

  return {
    specificationVersion: 'v1',
    ...describe(provider),
    account: vendor,
    keepsNoBytes: true,

    async submit (edit, context) {
      const { signal } = context
      const { path, waits, inputs } = modelOf(edit)
      const fields = inputs(edit, await sendImages(edit, options, signal))
      const submit = submits.begin(edit, path, withoutBytes(fields))
      try {
        const body = { ...fields, enable_sync_mode: waits, enable_base64_output: false }
        const { json } = await upstream.post(`/api/v3/${path}`, { json: body }, { signal })
        const task = readTask(json)
        if (task !== undefined) submits.accepted(submit, task.id)
        return toSubmission(task, seedOf(edit), context)
      } catch (err) {
        if (!(err instanceof EditError)) throw err
        if (typeof err.details.task === 'string') submits.accepted(submit, err.details.task)
        else if (err.billed === 'no') submits.refused(submit)
        throw err.code === 'EDIT_ERR_PROVIDER_RATE_LIMITED' && err.retryAfterMs === undefined
          ? new EditError(err.code, err.message, { cause: err, billed: 'no', details: err.details, retryAfterMs: rateLimitMs })
          : err
      }
    },

    async poll (handle, context) {
      const { id } = Value.Parse(Handle, handle)
      try {
        // By the id, at our own address: the one in the answer may lead anywhere.
        const { json } = await upstream.get(`/api/v3/predictions/${id}/result`, { signal: context.signal })
        return toSubmission(readTask(json), handle, context)
      } catch (err) {
        throw err instanceof EditError ? afterAcceptance(err, EditError) : err
      }
    },

    async recover (edit, { signal, log, submittedAt }) {
      const { path, inputs } = modelOf(edit)
      const submit = submits.of(edit)
      const asked = submit?.asked ?? withoutBytes(inputs(edit, inlineImages(edit)))
      try {
        const id = await findLost({ path, submittedAt, submit, asked }, options, signal)
        if (id === null) return null
        if (submit !== undefined) submits.accepted(submit, id)
        return { state: 'pending', handle: { ...seedOf(edit), id }, pollAfterMs: pollMs }
      } catch (err) {
        if (!(err instanceof EditError)) throw err
        log.warn({ err }, 'the history cannot be read')
        return null
      }
    }
  }
}

/** -1 asks for any seed, and does not tell which one it was. */
function seedOf ({ parameters: { seed } }: ProviderEdit): { seed?: number } {
  return typeof seed === 'number' && seed >= 0 ? { seed } : {}
}

/**
 * The task was accepted, so whatever goes wrong while asking for it, it may be on the bill; unless it is its own end, of which
 * it is known. A 404 means that it is lost.
 */
function afterAcceptance (err: InstanceType<EditErrorClass>, EditError: EditErrorClass): Error {
  if (err.details.task !== undefined) return err
  return withBilled(err, 'maybe', EditError, err.code === 'EDIT_ERR_PROVIDER_UNSUPPORTED' ? 'EDIT_ERR_PROVIDER_RESPONSE' : err.code)
}
