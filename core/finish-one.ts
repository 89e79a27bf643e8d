import { EditError } from './errors.ts'
import { finishCutOut } from './finish-cut-out.ts'
import type { Changes } from './imaging/changes.ts'
import { judgeFigures, judgeSize, questionFor, type Gates } from './gates.ts'
import { finishImage } from './imaging/finish.ts'
import type { Header } from './imaging/header.ts'
import { measureFile } from './imaging/gate-file.ts'
import { compareUnmasked, preserveUnmasked, type Subject } from './imaging/preserve.ts'
import { restoreTransparency } from './imaging/restore-alpha.ts'
import type { Profile } from './imaging/profile-file.ts'
import type { Candidate } from './planner.ts'
import { hasUnmasked, isPreserving } from './preservation.ts'
import type { Adaptation, EditImage, Preservation } from './request.ts'
import { recoloured, restorationText, restore } from './restoration.ts'
import { keepsTransparency } from './transparency.ts'

export interface Finished {
  readonly image: EditImage
  /** What was done to its shape, size and colours. */
  readonly restored: readonly Adaptation[]
  /** What was not to be changed was put back. */
  readonly isPreserved: boolean
  readonly preservation: Preservation | null
  /** Sentences for the caller. */
  readonly warnings: readonly string[]
}

export interface FinishOneOptions {
  /** Of the image that was sent. */
  readonly profile: Profile | undefined
  readonly gates: Gates
  /** Say what a result has changed also where nothing is put back (default). */
  readonly countsChanges?: boolean
}

/**
 * Gives one image of a result the shape, size and colours of what was sent, and the pixels that were not to be changed.
 * @throws {EditError} EDIT_ERR_OUTPUT_REJECTED when it does not decode or fails a gate, when a mask that only this side knows cannot be honoured, or when
 * the result of a part cannot be put back to its place in the image
 */
export async function finishOne (header: Header, candidate: Candidate, { profile, gates, countsChanges = true }: FinishOneOptions): Promise<Finished> {
  judgeSize(header, candidate, gates)
  const { request, emulation, geometry: { crop: part } } = candidate
  const { images: [image], mask, expansion, output, credits } = request
  const { crop, scaledTo, steps, aligned, warnings } = restore(header, candidate)
  // A picture of a part, alone, is nothing that anybody asked for.
  if (part !== undefined && !aligned) throw new EditError('EDIT_ERR_OUTPUT_REJECTED', 'result: it has another shape than the part of the image that was sent, and cannot be put back to its place')
  const reshape = { crop, scaledTo }
  const colours = profile !== undefined && header.profile === null ? [recoloured(profile.name)] : []
  const restored = restorationText([...steps, ...colours])
  const question = questionFor(candidate, header, gates)
  const subject: Subject = { image, mask, expansion, part, result: header, reshape, question }
  const isWished = isPreserving(request)
  if (emulation?.key === 'backdrop') return await finishCutOut(subject, request, { steps: [...steps, ...colours], aligned, warnings, gates })

  const preserved = aligned && isWished ? await ifImageDecodes(preserveUnmasked(subject, output, credits)) : undefined
  if (preserved !== undefined) {
    if (preserved.changes.figures !== undefined) judgeFigures(preserved.changes.figures, gates)
    const preservation = { of: 'unmasked' as const, before: share(preserved.changes), after: 0 }
    const { moved } = preserved.made
    const shift = moved === undefined ? [] : [`it is moved back by ${moved.toFixed(1)} pixels`]
    return { image: preserved.image, restored: restorationText([...steps, ...colours, ...shift]), isPreserved: true, preservation, warnings: [...warnings, ...preserved.warnings] }
  }
  const why = aligned ? 'the image that was sent is damaged' : 'the result has another shape'
  if (isWished && mask !== undefined && emulation?.mask === 'kept') {
    // The model has never seen the mask: without it, this is another edit than was asked for.
    throw new EditError('EDIT_ERR_OUTPUT_REJECTED', `what the mask does not cover cannot be put back, as ${why}`)
  }
  const of = hasUnmasked(request) ? 'unmasked' as const : 'all' as const
  const clear = aligned && part === undefined && !header.alpha && expansion === undefined && keepsTransparency(request) ? await restoreTransparency(subject, output, credits) : undefined
  if (clear !== undefined) {
    if (clear.changes.figures !== undefined) judgeFigures(clear.changes.figures, gates)
    const changed = share(clear.changes)
    return {
      image: clear.image,
      restored: restorationText([...steps, ...colours, 'its transparent parts are so again']),
      isPreserved: false,
      preservation: { of, before: changed, after: changed },
      warnings: [...warnings, ...clear.warnings]
    }
  }
  const isCompared = aligned && (countsChanges || question !== undefined)
  const changes = isCompared ? await ifImageDecodes(compareUnmasked(subject)) : undefined
  // What has been compared has been decoded.
  const finished = await finishImage(header, output, { reshape, profile, exif: credits, verify: gates.damaged && changes === undefined })
  if (question !== undefined) judgeFigures(changes?.figures ?? await measureFile(header, image, question), gates)
  const changed = changes && share(changes)
  const isPlain = image.profile !== null && finished.image.profile === null
  return {
    image: finished.image,
    restored,
    isPreserved: false,
    preservation: changed === undefined ? null : { of, before: changed, after: changed },
    warnings: [
      ...warnings,
      ...finished.warnings,
      ...isPlain ? [`result: is in sRGB, as the colour profile "${image.profile}" is not for colours`] : [],
      ...isWished ? [`what was not to be changed could not be put back, as ${why}`] : []
    ]
  }
}

function share ({ changed, total }: Changes): number {
  return total === 0 ? 0 : changed / total
}

/** A model that is less strict may have edited an image that is damaged here: its result may be paid for and is not thrown away. */
async function ifImageDecodes<T> (work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof EditError && error.code.startsWith('EDIT_ERR_IMAGE_')) return undefined
    throw error
  }
}
