import type { Finished } from './finish-one.ts'
import { cutOutSubject } from './imaging/cut-out.ts'
import type { Subject } from './imaging/preserve.ts'
import { cutOutText } from './emulation.ts'
import type { EditRequest } from './request.ts'
import { restorationText, type Restoration } from './restoration.ts'

/**
 * Finishes a result whose background a model was told to paint in a key colour: it is made transparent, and the subject gets its own pixels.
 * @throws {EditError} EDIT_ERR_OUTPUT_REJECTED when it does not decode or has no such background, EDIT_ERR_IMAGE_INVALID when the image is damaged
 */
export async function finishCutOut (subject: Subject, { output, credits }: EditRequest, { steps, aligned, warnings }: Pick<Restoration, 'steps' | 'aligned' | 'warnings'>): Promise<Finished> {
  const ownPixels = aligned && output.preserveUnmasked !== false
  const cut = await cutOutSubject(subject, output, { ownPixels, exif: credits })
  const { changes: { changed, total }, ownBut = changed } = cut
  return {
    image: cut.image,
    restored: restorationText([...steps, cutOutText]),
    isPreserved: cut.ownBut !== undefined,
    preservation: aligned ? { of: 'unmasked', before: changed / total, after: Math.min(ownBut, changed) / total } : null,
    warnings: [...warnings, ...cut.warnings]
  }
}
