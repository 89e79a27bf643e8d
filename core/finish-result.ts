import type { ProviderResult } from './contract.ts'
import { EditError } from './errors.ts'
import { finishOne, type Finished } from './finish-one.ts'
import { judgeModeration, type Gates } from './gates.ts'
import type { ImageLimits } from './imaging/limits.ts'
import { readResult } from './imaging/finish.ts'
import { maskFromAlpha } from './imaging/mask.ts'
import { profileOf } from './imaging/profile-file.ts'
import type { Candidate } from './planner.ts'
import { commonPreservation } from './preservation.ts'
import type { Adaptation, EditedImage, EditImage, EditRequest, Preservation } from './request.ts'
import { keepsTransparency } from './transparency.ts'
import type { Download } from './upstream/types.ts'

export interface FinishedResult {
  readonly images: readonly [EditedImage, ...EditedImage[]]
  /** What was done to the request and, of the result, to the first image. */
  readonly adaptations: readonly Adaptation[]
  readonly preservation: Preservation | null
  /** Sentences for the caller. */
  readonly warnings: readonly string[]
}

/**
 * Fetches what is still at the vendor, checks every image, and gives it back the shape, size and colours of what was sent, and the
 * pixels that were not to be changed.
 */
export async function finishResult (result: ProviderResult, candidate: Candidate, { download, limits, gates, countsChanges = true, signal, adaptations }: {
  readonly download: Download
  readonly limits: ImageLimits
  readonly gates: Gates
  readonly countsChanges?: boolean
  readonly signal: AbortSignal
  /** Of the request, beyond what was planned. */
  readonly adaptations: readonly Adaptation[]
}): Promise<FinishedResult> {
  const { request } = candidate
  const profile = await profileOf(request.images[0])
  const { good: [first, ...rest], lost } = await goodOnes(result.images.map(async image => {
    judgeModeration(image.moderated, gates)
    const bytes = 'bytes' in image ? image.bytes : await download(image.url, { signal, maxBytes: limits.maxBytes })
    return await finishOne(await readResult(bytes, limits), candidate, { profile, gates, countsChanges })
  }))
  const warnings = [...[first, ...rest].flatMap(({ warnings }) => warnings), ...lost]
  if (await isTransparencyLost(request, first.image)) warnings.push('the image has transparent parts and the result has none: the model does not know transparency')
  return {
    images: [first.image, ...rest.map(({ image }) => image)],
    adaptations: carriedOut(candidate.adaptations, adaptations, first),
    preservation: commonPreservation([first, ...rest].map(({ preservation }) => preservation)),
    warnings
  }
}

/** Of several images of one call, those that are fit to be given; when none is, it fails as the first one did. */
async function goodOnes<T> (images: ReadonlyArray<Promise<T>>): Promise<{ good: [T, ...T[]], lost: string[] }> {
  const settled = await Promise.allSettled(images)
  const [first, ...rest] = settled.flatMap(one => one.status === 'fulfilled' ? [one.value] : [])
  const reasons = settled.flatMap(one => one.status === 'rejected' ? [one.reason as unknown] : []) // `any` in the library.
  // The runner lets no result without an image pass: where there is no good one there is a reason.
  if (first === undefined || !reasons.every(reason => reason instanceof EditError)) throw reasons[0] ?? new TypeError('a result without an image')
  return { good: [first, ...rest], lost: reasons.map(({ message }) => `one of the model's images is not fit to be given: ${message}`) }
}

async function isTransparencyLost (request: EditRequest, { alpha }: EditImage): Promise<boolean> {
  if (alpha || !keepsTransparency(request)) return false
  return await maskFromAlpha(request.images[0]) !== undefined
}

/** What was planned, with what came of it where a plan could not know. */
function carriedOut (planned: readonly Adaptation[], further: readonly Adaptation[], { restored, isPreserved }: Finished): Adaptation[] {
  const after = ['restore', 'preserve', 'output']
  const before = planned.filter(({ kind }) => !after.includes(kind))
  return [
    ...before,
    ...further.filter(({ detail }) => !before.some(known => known.detail === detail)),
    ...restored,
    ...planned.filter(({ kind }) => kind === 'output' || (kind === 'preserve' && isPreserved))
  ]
}
