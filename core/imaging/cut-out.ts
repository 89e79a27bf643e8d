import { EditError } from '../errors.ts'
import type { FinishOptions } from './finish.ts'
import { inThread } from './pixel-threads.ts'
import { makeResult, type Subject, type Wish } from './preserve.ts'
import type { Compared } from './preserve-work.ts'
import type { Checked } from './render.ts'

/**
 * Cuts the subject out of a result whose background a model was told to paint in a key colour, on other threads, and gives it the wished
 * format.
 *
 * @param ownPixels the subject gets the image's own pixels, where the two show the same in the same place
 * @returns `ownBut`: so many pixels of the subject are the result's all the same; undefined = all are
 * @throws EDIT_ERR_OUTPUT_REJECTED when the result does not decode or has no such background, EDIT_ERR_IMAGE_INVALID when the image does not.
 */
export async function cutOutSubject (subject: Subject, wish: Wish, { ownPixels, exif }: {
  readonly ownPixels: boolean, readonly exif?: FinishOptions['exif'] | undefined
}): Promise<Checked & { readonly changes: Compared, readonly ownBut: number | undefined }> {
  const { made, ...rest } = await makeResult(subject, wish, {
    exif,
    make: async (task, handOver) => {
      const cut = await inThread('cutOut', { ...task, ownPixels }, handOver)
      if ('unkeyed' in cut) throw new EditError('EDIT_ERR_OUTPUT_REJECTED', cut.unkeyed, { details: { gate: 'transparency' } })
      return cut
    }
  })
  return { ...rest, ownBut: made.ownBut }
}
