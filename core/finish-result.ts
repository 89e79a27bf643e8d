import type { ProviderResult } from './contract.ts'
import type { ImageLimits } from './imaging/limits.ts'
import { finishImage, readResult } from './imaging/finish.ts'
import { maskFromAlpha } from './imaging/mask.ts'
import { profileOf } from './imaging/profile-file.ts'
import type { Operation } from './operations.ts'
import type { Candidate } from './planner.ts'
import type { Adaptation, EditedImage, EditImage, EditRequest } from './request.ts'
import { recoloured, restorationText, restore } from './restoration.ts'
import type { Download } from './upstream/types.ts'

export interface FinishedResult {
  readonly images: readonly [EditedImage, ...EditedImage[]]
  /** What was done to the request and, of the result, to the first image. */
  readonly adaptations: readonly Adaptation[]
  /** Sentences for the caller. */
  readonly warnings: readonly string[]
}

/** Fetches what is still at the vendor, checks every image, and gives it back the shape, size and colours of what was sent. */
export async function finishResult (result: ProviderResult, candidate: Candidate, { download, limits, signal, adaptations }: {
  readonly download: Download
  readonly limits: ImageLimits
  readonly signal: AbortSignal
  /** Of the request, beyond what was planned. */
  readonly adaptations: readonly Adaptation[]
}): Promise<FinishedResult> {
  const { request } = candidate
  const profile = await profileOf(request.images[0])
  const [first, ...rest] = await Promise.all(result.images.map(async image => {
    const bytes = 'bytes' in image ? image.bytes : await download(image.url, { signal, maxBytes: limits.maxBytes })
    const header = await readResult(bytes, limits)
    const { crop, scaledTo, steps, warnings } = restore(header, candidate)
    const finished = await finishImage(header, request.output, { reshape: { crop, scaledTo }, profile, exif: request.credits })
    const colours = profile !== undefined && header.profile === null ? [recoloured(profile.name)] : []
    return { image: finished.image, adaptations: restorationText([...steps, ...colours]), warnings: [...warnings, ...finished.warnings] }
  }))
  // The runner lets no result without an image pass.
  if (first === undefined) throw new TypeError('a result without an image')
  const warnings = [first, ...rest].flatMap(({ warnings }) => warnings)
  if (await isTransparencyLost(request, first.image)) warnings.push('the image has transparent parts and the result has none: the model does not know transparency')
  return {
    images: [first.image, ...rest.map(({ image }) => image)],
    adaptations: carriedOut(candidate.adaptations, adaptations, first.adaptations),
    warnings
  }
}

/** Operations that leave the outline of what they edit; the others fill it, cut it out or lay it on something. */
const keepsOutline: ReadonlySet<Operation> = new Set(['outpaint', 'search_replace', 'search_recolor', 'general_edit'])

async function isTransparencyLost ({ operation, images: [sent], output: { format, background = 'transparent' } }: EditRequest, { alpha }: EditImage): Promise<boolean> {
  if (alpha || !sent.alpha || !keepsOutline.has(operation) || format === 'image/jpeg' || background !== 'transparent') return false
  return await maskFromAlpha(sent) !== undefined
}

/** What was planned, with what came of it where a plan could not know. */
function carriedOut (planned: readonly Adaptation[], further: readonly Adaptation[], restored: readonly Adaptation[]): Adaptation[] {
  const before = planned.filter(({ kind }) => kind !== 'restore' && kind !== 'output')
  return [
    ...before,
    ...further.filter(({ detail }) => !before.some(known => known.detail === detail)),
    ...restored,
    ...planned.filter(({ kind }) => kind === 'output')
  ]
}
