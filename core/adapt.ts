import type { EncodedImage, ProviderEdit } from './contract.ts'
import { convertImage } from './imaging/convert.ts'
import { encodeMask } from './imaging/mask.ts'
import type { ModelCard } from './model-card.ts'
import type { Candidate } from './planner.ts'
import type { EditImage, EditMask } from './request.ts'

/** Carries out a candidate's adaptations: the request as the provider gets it. The caller's request is left as it is. */
export async function adapt ({ request, offer: { card }, model, parameters, output }: Candidate): Promise<ProviderEdit> {
  const fitFormat = async (image: EditImage) => await toFormat(image, card)
  const [first, ...references] = request.images
  const [image, rest, background, lighting, mask] = await Promise.all([
    fitFormat(first),
    Promise.all(references.map(fitFormat)),
    request.background && fitFormat(request.background),
    request.lighting && fitFormat(request.lighting),
    request.mask && toDialect(request.mask, card)
  ])
  const { operation, prompt, searchPrompt, selectPrompt, expansion } = request
  return Object.freeze({
    operation,
    model,
    card,
    images: Object.freeze([image, ...rest] as const),
    ...mask && { mask },
    ...background && { background },
    ...lighting && { lighting },
    ...prompt !== undefined && { prompt },
    ...searchPrompt !== undefined && { searchPrompt },
    ...selectPrompt !== undefined && { selectPrompt },
    ...expansion && { expansion },
    parameters: Object.freeze({ ...parameters }),
    output: Object.freeze({ ...output })
  })
}

async function toFormat (image: EditImage, { inputs: { formats } }: ModelCard): Promise<EncodedImage> {
  const { bytes, mediaType, width, height } = formats.includes(image.mediaType)
    ? image
    : (await convertImage(image, formats[0] ?? 'image/png')).image
  return Object.freeze({ bytes, mediaType, width, height })
}

async function toDialect (mask: EditMask, { inputs }: ModelCard): Promise<EncodedImage | undefined> {
  // The planner gives a mask only to cards that take one.
  if (inputs.mask === 'none') return undefined
  const bytes = await encodeMask(mask, inputs.mask, inputs.maskLevels ?? 'grey')
  return Object.freeze({ bytes, mediaType: 'image/png', width: mask.width, height: mask.height })
}
