import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { EditProvider, JobHandle, ProviderEdit, Submission, Upstream, UpstreamAnswer } from '../../core/index.ts'
import { cards } from './cards.ts'
import type { EditErrorClass } from './errors.ts'
import { writeForm } from './form.ts'
import { readResult } from './result.ts'

/** Documented are 64 hex digits; it ends up in a path, so its letters matter more than its length. */
const Job = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }) })
const Handle = Type.Composite([Job, Type.Object({ warnings: Type.Array(Type.String()) })])
const Progress = Type.Object({ status: Type.Literal('in-progress') })

export interface ProviderOptions {
  readonly upstream: Upstream
  readonly EditError: EditErrorClass
  /** Shortest time between two questions for a result, milliseconds. */
  readonly pollMs: number
}

/** What is known of the provider without its key. */
export const description = { name: 'stability', vendor: 'stability', models: cards, priority: 10 } as const

/** Stability AI's edit endpoints of v2beta: all answer with the picture, but relight, which answers with the id of a job. */
export function createProvider ({ upstream, EditError, pollMs }: ProviderOptions): EditProvider {
  const pending = (handle: JobHandle): Submission => ({ state: 'pending', handle, pollAfterMs: pollMs })
  const done = (answer: UpstreamAnswer, warnings: readonly string[]): Submission =>
    ({ state: 'done', result: { ...readResult(answer, EditError), warnings } })

  return {
    specificationVersion: 'v1',
    ...description,
    keepsNoBytes: true,

    async submit (edit, { signal }) {
      refuseWithoutRegion(edit, EditError)
      const { path, parts, warnings } = writeForm(edit)
      const answer = await upstream.post(path, { form: parts }, { signal, headers: { accept: 'image/*' } })
      if (edit.operation !== 'relight') return done(answer, warnings)
      if (!Value.Check(Job, answer.json)) throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'Stability AI answered without the id of a job')
      return pending({ id: answer.json.id, warnings })
    },

    async poll (handle, { signal }) {
      const { id, warnings } = Value.Parse(Handle, handle)
      try {
        const answer = await upstream.get(`/v2beta/results/${id}`, { signal, headers: { accept: '*/*' } })
        if (answer.status !== 202) return done(answer, warnings)
        if (Value.Check(Progress, answer.json)) return pending(handle)
        throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'Stability AI gives the job an unknown status')
      } catch (err) {
        throw err instanceof EditError ? afterAcceptance(err, EditError) : err
      }
    }
  }
}

/** Paying for an inpainting of nothing helps nobody, and the card cannot say that a mask must be there. */
function refuseWithoutRegion ({ operation, mask }: ProviderEdit, EditError: EditErrorClass): void {
  if (operation !== 'inpaint' || mask !== undefined) return
  throw new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', 'Stability AI inpaints what a mask or the transparency of the image marks, and neither was sent')
}

/** The job was accepted, so whatever goes wrong while asking for it, it may be on the bill; a 404 means that it is lost. */
function afterAcceptance (err: InstanceType<EditErrorClass>, EditError: EditErrorClass): Error {
  if (err.code === 'EDIT_ERR_CONTENT_REJECTED' || err.billed !== 'no') return err
  const code = err.code === 'EDIT_ERR_PROVIDER_UNSUPPORTED' ? 'EDIT_ERR_PROVIDER_RESPONSE' : err.code
  const { message, details, retryAfterMs } = err
  return new EditError(code, message, { cause: err, billed: 'maybe', details, ...retryAfterMs !== undefined && { retryAfterMs } })
}
