import type { Finished } from './finish-one.ts'
import { shareOf } from './imaging/changes.ts'
import { cutOutSubject } from './imaging/cut-out.ts'
import type { Subject } from './imaging/preserve.ts'
import { cutOutText } from './emulation.ts'
import { judgeFigures, type Gates } from './gates.ts'
import type { EditRequest } from './request.ts'
import { restorationText, type Restoration } from './restoration.ts'

/**
 * Finishes a result whose background a model was told to paint in a key colour: it is made transparent, and the subject gets its own pixels.
 * @throws {EditError} EDIT_ERR_OUTPUT_REJECTED when it does not decode, has no such background or fails a gate, EDIT_ERR_IMAGE_INVALID when the image is damaged
 */
export async function finishCutOut (subject: Subject, { output, credits }: EditRequest, { steps, aligned, warnings, gates }: Pick<Restoration, 'steps' | 'aligned' | 'warnings'> & { readonly gates: Gates }): Promise<Finished> {
  const ownPixels = aligned && output.preserveUnmasked !== false
  const cut = await cutOutSubject(subject, output, { ownPixels, exif: credits })
  const { changes: { changed, total, figures }, ownBut = changed } = cut
  if (figures !== undefined) judgeFigures(figures, gates)
  return {
    image: cut.image,
    restored: restorationText([...steps, cutOutText]),
    isPreserved: cut.ownBut !== undefined,
    preservation: aligned ? { of: 'unmasked', before: shareOf({ changed, total }), after: shareOf({ changed: Math.min(ownBut, changed), total }) } : null,
    warnings: [...warnings, ...cut.warnings]
  }
}
