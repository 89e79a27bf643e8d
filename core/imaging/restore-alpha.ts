import { EditError } from '../errors.ts'
import type { FinishOptions } from './finish.ts'
import { inThread } from './pixel-threads.ts'
import { makeResult, type Subject, type Wish } from './preserve.ts'
import type { Compared } from './preserve-work.ts'
import type { Checked } from './render.ts'

class Uneven extends Error {}

/**
 * Gives a result the transparency of its image back, where the model has laid it on one flat colour; what it has painted over the
 * transparent part stays. Done on other threads. undefined when it shows more than that colour there, or the image does not decode.
 * @throws EDIT_ERR_OUTPUT_REJECTED when the result does not decode.
 */
export async function restoreTransparency (subject: Subject, wish: Wish, exif?: FinishOptions['exif']): Promise<(Checked & { readonly changes: Compared }) | undefined> {
  try {
    const { made, ...rest } = await makeResult(subject, wish, {
      exif,
      make: async (task, handOver) => {
        const restored = await inThread('restoreAlpha', task, handOver)
        if ('uneven' in restored) throw new Uneven()
        return restored
      }
    })
    return rest
  } catch (error) {
    if (error instanceof Uneven || (error instanceof EditError && error.code.startsWith('EDIT_ERR_IMAGE_'))) return undefined
    throw error
  }
}
