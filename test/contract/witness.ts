import { createHash } from 'node:crypto'
import { EditError } from '../../core/errors.ts'
import type { EditProvider, JobHandle, ProviderEdit, Submission } from '../../core/index.ts'

/** Stands between the kernel and a provider and remembers what they gave each other. */
export interface Witness {
  /** The provider as the kernel gets to see it. */
  watch (provider: EditProvider): EditProvider
  /** What the provider is given in the course of an edit. The edit ends there: the provider is not asked. */
  catchEdit (run: () => Promise<unknown>): Promise<ProviderEdit>
  readonly submits: readonly SubmitRecord[]
  /** Everything that submit and poll answered. */
  readonly submissions: readonly Submission[]
  /** Everything that they threw, as it was before the kernel made its own error of it. */
  readonly errors: readonly unknown[]
}

export interface SubmitRecord {
  readonly edit: ProviderEdit
  /** The inputs whose bytes are no longer what they were when the kernel handed them over. */
  touched (): string[]
}

export function createWitness (): Witness {
  const submits: SubmitRecord[] = []
  const submissions: Submission[] = []
  const errors: unknown[] = []
  let takeEdit: ((edit: ProviderEdit) => void) | undefined
  const note = async (call: () => Promise<Submission>) => {
    try {
      const submission = await call()
      submissions.push(submission)
      return submission
    } catch (err) {
      errors.push(err)
      throw err
    }
  }
  return {
    submits,
    submissions,
    errors,
    async catchEdit (run) {
      const { promise, resolve } = Promise.withResolvers<ProviderEdit>()
      takeEdit = resolve
      try {
        return await Promise.race([promise, run().then(() => promise)])
      } finally {
        takeEdit = undefined
      }
    },
    watch (provider) {
      const { specificationVersion, name, vendor, models, anyModel, priority, account, maxConcurrent, keepsNoBytes, poll, cancel, recover } = provider
      return {
        specificationVersion,
        name,
        vendor,
        models,
        ...anyModel !== undefined && { anyModel },
        ...priority !== undefined && { priority },
        ...account !== undefined && { account },
        ...maxConcurrent !== undefined && { maxConcurrent },
        ...keepsNoBytes !== undefined && { keepsNoBytes },
        submit: async (edit, context) => {
          if (takeEdit !== undefined) {
            takeEdit(edit)
            // Ends the edit whoever else there is to ask; nobody reads it.
            throw new EditError('EDIT_ERR_CONTENT_REJECTED', 'the edit was only to be looked at')
          }
          submits.push(sealEdit(edit))
          return await note(() => provider.submit(edit, context))
        },
        ...poll && { poll: (handle, context) => note(() => poll.call(provider, thaw(handle), context)) },
        ...cancel && { cancel: (handle, context) => cancel.call(provider, thaw(handle), context) },
        ...recover && { recover: (edit, context) => recover.call(provider, edit, context) }
      }
    }
  }
}

/** A handle as it comes back from a store. What JSON cannot hold is lost on the way. */
export function thaw (handle: JobHandle): JobHandle {
  return JSON.parse(JSON.stringify(handle))
}

/** Freezes an edit all the way down, and takes the bytes' fingerprints, since bytes cannot be frozen. */
export function sealEdit (edit: ProviderEdit): SubmitRecord {
  const inputs = [
    ...edit.images.map((image, index) => ({ name: `image ${index + 1}`, image })),
    ...[{ name: 'mask', image: edit.mask }, { name: 'background', image: edit.background }, { name: 'lighting', image: edit.lighting }]
  ]
  const prints = inputs.flatMap(({ name, image }) => image === undefined ? [] : [{ name, bytes: image.bytes, print: fingerprint(image.bytes) }])
  freeze(edit)
  return {
    edit,
    touched: () => prints.filter(({ bytes, print }) => fingerprint(bytes) !== print).map(({ name }) => name)
  }
}

function freeze (value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  Object.freeze(value)
  Object.values(value).forEach(freeze)
}

function fingerprint (bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
