import type { EditError, EditProvider, EncodedImage, Operation } from '../../core/index.ts'
import { cards } from './cards.ts'
import type { Pool } from './pool.ts'
import type { Answer } from './worker.ts'

export interface LocalOptions {
  readonly pool: Pool
  /** Edits at once. */
  readonly threads: number
  readonly EditError: typeof EditError
}

/** What the caller must know of an operation's result, whatever the image. */
const notes: Readonly<Partial<Record<Operation, string>>> = {
  search_recolor: 'of the prompts only the colours are understood: everything of the one got the other, whatever it is'
}

/** Pixel operations on this machine: no key, no cost, nothing leaves it. */
export function createLocal ({ pool, threads, EditError }: LocalOptions): EditProvider {
  return {
    specificationVersion: 'v1',
    name: 'local',
    vendor: 'local',
    models: cards,
    // Vendors do most of it better: unless the order says otherwise, this is the last resort.
    priority: 1000,
    maxConcurrent: threads,

    async submit (edit, { signal }) {
      const { operation, images, mask, background, lighting, prompt, selectPrompt, expansion, parameters } = edit
      let answer: Answer
      try {
        answer = await pool.run({
          operation,
          image: copy(images[0]),
          ...mask && { mask: copy(mask) },
          ...background && { background: copy(background) },
          ...lighting && { lighting: copy(lighting) },
          ...prompt !== undefined && { prompt },
          ...selectPrompt !== undefined && { selectPrompt },
          ...expansion && { expansion },
          parameters
        }, signal)
      } catch (cause) {
        signal.throwIfAborted()
        throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the edit failed on this machine', { cause, billed: 'no' })
      }
      if ('refused' in answer) throw new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', answer.refused)
      const note = notes[operation]
      const { seed } = parameters
      return {
        state: 'done',
        result: {
          images: [{ bytes: answer.png }],
          ...typeof seed === 'number' && { seed },
          warnings: [...answer.warnings, ...note === undefined ? [] : [note]]
        }
      }
    }
  }
}

/** The bytes belong to the request, which other attempts share; the copy goes over to the thread without another. */
function copy ({ bytes }: EncodedImage): Uint8Array {
  return new Uint8Array(bytes)
}
