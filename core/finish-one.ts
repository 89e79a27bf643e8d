import { EditError } from './errors.ts'
import { finishCutOut } from './finish-cut-out.ts'
import { shareOf } from './imaging/changes.ts'
import { judgeFigures, judgeSize, questionFor, type Gates } from './gates.ts'
import { finishImage } from './imaging/finish.ts'
import type { Header } from './imaging/header.ts'
import { measureFile } from './imaging/gate-file.ts'
import { compareUnmasked, preserveUnmasked, type Subject } from './imaging/preserve.ts'
import { restoreTransparency } from './imaging/restore-alpha.ts'
import type { Profile } from './imaging/profile-file.ts'
import type { Candidate } from './planner.ts'
import { hasUnmasked, isPreserving } from './preservation.ts'
import type { Adaptation, EditImage, EditRequest, Preservation } from './request.ts'
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
export async function finishOne (header: Header, candidate: Candidate, options: FinishOneOptions): Promise<Finished> {
  const { gates, profile } = options
  judgeSize(header, candidate, gates)
  const { request, emulation, geometry: { crop: part } } = candidate
  const { images: [image], mask, expansion } = request
  const { crop, scaledTo, steps, aligned, warnings } = restore(header, candidate)
  // A picture of a part, alone, is nothing that anybody asked for.
  if (part !== undefined && !aligned) throw new EditError('EDIT_ERR_OUTPUT_REJECTED', 'result: it has another shape than the part of the image that was sent, and cannot be put back to its place')
  const recolour = profile !== undefined && header.profile === null ? [recoloured(profile.name)] : []
  const work: Work = {
    ...options,
    candidate,
    subject: { image, mask, expansion, part, result: header, reshape: { crop, scaledTo }, question: questionFor(candidate, header, gates) },
    aligned,
    steps: [...steps, ...recolour],
    warnings
  }
  if (emulation?.key === 'backdrop') return await finishCutOut(work.subject, request, work)
  return await putBack(work) ?? await clearAgain(work) ?? await asMade(work)
}

interface Work extends FinishOneOptions {
  readonly candidate: Candidate
  readonly subject: Subject
  /** The result shows the image, whole and nothing else, so that each place of it is known. */
  readonly aligned: boolean
  /** What is done to its shape, size and colours, for people. */
  readonly steps: readonly string[]
  readonly warnings: readonly string[]
}

/** With what was not to be changed in its place. undefined when that is not wished or not possible. */
async function putBack ({ candidate: { request, emulation }, subject, aligned, steps, warnings, gates }: Work): Promise<Finished | undefined> {
  if (!isPreserving(request)) return undefined
  const preserved = aligned ? await ifImageDecodes(preserveUnmasked(subject, request.output, request.credits)) : undefined
  if (preserved === undefined) {
    // The model has never seen the mask: without it, this is another edit than was asked for.
    if (request.mask === undefined || emulation?.mask !== 'kept') return undefined
    throw new EditError('EDIT_ERR_OUTPUT_REJECTED', `what the mask does not cover cannot be put back, as ${obstacle(aligned)}`)
  }
  const { image, changes, made: { moved }, warnings: further } = preserved
  if (changes.figures !== undefined) judgeFigures(changes.figures, gates)
  const shift = moved === undefined ? [] : [`it is moved back by ${moved.toFixed(1)} pixels`]
  return {
    image,
    restored: restorationText([...steps, ...shift]),
    isPreserved: true,
    preservation: { of: 'unmasked', before: shareOf(changes), after: 0 },
    warnings: [...warnings, ...further]
  }
}

/** With the image's transparency, where the model has laid it on a flat colour. undefined when there is none to give back. */
async function clearAgain ({ candidate: { request }, subject, aligned, steps, warnings, gates }: Work): Promise<Finished | undefined> {
  const { part, result, expansion } = subject
  if (!aligned || part !== undefined || result.alpha || expansion !== undefined || !keepsTransparency(request)) return undefined
  const clear = await restoreTransparency(subject, request.output, request.credits)
  if (clear === undefined) return undefined
  if (clear.changes.figures !== undefined) judgeFigures(clear.changes.figures, gates)
  const changed = shareOf(clear.changes)
  return {
    image: clear.image,
    restored: restorationText([...steps, 'its transparent parts are so again']),
    isPreserved: false,
    preservation: { of: countedPixels(request), before: changed, after: changed },
    warnings: [...warnings, ...clear.warnings]
  }
}

/** As the model has made it. */
async function asMade ({ candidate: { request }, subject, aligned, steps, warnings, gates, profile, countsChanges = true }: Work): Promise<Finished> {
  const { image: sent, result, reshape, question } = subject
  const isCompared = aligned && (countsChanges || question !== undefined)
  const changes = isCompared ? await ifImageDecodes(compareUnmasked(subject)) : undefined
  // What has been compared has been decoded.
  const { image, warnings: further } = await finishImage(result, request.output, { reshape, profile, exif: request.credits, verify: gates.damaged && changes === undefined })
  if (question !== undefined) judgeFigures(changes?.figures ?? await measureFile(result, sent, question), gates)
  const changed = changes && shareOf(changes)
  return {
    image,
    restored: restorationText(steps),
    isPreserved: false,
    preservation: changed === undefined ? null : { of: countedPixels(request), before: changed, after: changed },
    warnings: [
      ...warnings,
      ...further,
      ...sent.profile !== null && image.profile === null ? [`result: is in sRGB, as the colour profile "${sent.profile}" is not for colours`] : [],
      ...isPreserving(request) ? [`what was not to be changed could not be put back, as ${obstacle(aligned)}`] : []
    ]
  }
}

function obstacle (aligned: boolean): string {
  return aligned ? 'the image that was sent is damaged' : 'the result has another shape'
}

function countedPixels (request: EditRequest): Preservation['of'] {
  return hasUnmasked(request) ? 'unmasked' : 'all'
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
