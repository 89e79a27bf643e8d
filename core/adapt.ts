import type { EncodedImage, ProviderEdit } from './contract.ts'
import { emulateInputs, insideOf, maskOfMargin } from './emulate-inputs.ts'
import { EditError } from './errors.ts'
import { formatOf, losesProfile, recompressed, smallerFormat } from './fit-bytes.ts'
import type { ImageFit } from './fit-image.ts'
import { convertImage } from './imaging/convert.ts'
import { encodeMask } from './imaging/mask.ts'
import { release } from './imaging/ownership.ts'
import { reshapeMask, type Reshape } from './imaging/reshape.ts'
import type { ModelCard } from './model-card.ts'
import type { Candidate } from './planner.ts'
import type { Adaptation, EditImage, Region, Size } from './request.ts'

type Inputs = ModelCard['inputs']

/** Middle grey: nothing that a picture shows in flat areas of this size. */
const margin = '#808080'

/**
 * Carries out a candidate's adaptations: the request as the provider gets it. The caller's request is left as it is.
 * `adaptations` are those that depend on how many bytes an encoder makes: a plan may not know them yet.
 * @throws {EditError} EDIT_ERR_PROVIDER_UNSUPPORTED when an image cannot be brought below the model's number of bytes
 */
export async function adapt ({ asked, emulation, request, geometry, offer: { card }, model, parameters, output }: Candidate): Promise<{
  readonly edit: ProviderEdit, readonly adaptations: readonly Adaptation[]
}> {
  const { inputs } = card
  const { image: first, prompt } = await emulateInputs({ asked, emulation, request })
  const [, ...references] = asked.images
  const { crop } = geometry
  const lay = async (image: EditImage, fit: ImageFit | undefined, crop?: Region) => await layOut(image, fit && reshapeOf(crop ?? image, fit, crop), inputs)
  const [image, rest, background, lighting, mask] = await Promise.all([
    lay(first, geometry.images[0], crop),
    Promise.all(references.map(async (reference, index) => await lay(reference, geometry.images[index + 1]))),
    asked.background && lay(asked.background, geometry.background),
    asked.lighting && lay(asked.lighting, geometry.lighting),
    maskFor({ asked, emulation, geometry }, inputs)
  ])
  const sent = [image, ...rest, background, lighting].filter(part => part !== undefined)
  const budgetOf = budgets(sent, mask?.bytes.length ?? 0, inputs)
  const adaptations: Adaptation[] = []
  const light = async (part: EditImage): Promise<EncodedImage> => {
    const { bytes, mediaType, width, height } = await compress(part, budgetOf(part), inputs)
    if (bytes !== part.bytes) adaptations.push(recompressed(part, mediaType))
    return Object.freeze({ bytes, mediaType, width, height })
  }
  const { operation, searchPrompt, selectPrompt } = asked
  const { expansion } = geometry
  const edit = Object.freeze({
    operation,
    model,
    card,
    images: Object.freeze([await light(image), ...await Promise.all(rest.map(light))] as const),
    ...request.count > 1 && { count: request.count },
    ...mask && { mask },
    ...background && { background: await light(background) },
    ...lighting && { lighting: await light(lighting) },
    ...prompt !== undefined && { prompt },
    ...searchPrompt !== undefined && { searchPrompt },
    ...selectPrompt !== undefined && { selectPrompt },
    ...expansion && { expansion },
    parameters: Object.freeze({ ...parameters }),
    output: Object.freeze({ ...output })
  })
  return { edit, adaptations }
}

/** For the calls of one candidate: they differ in their parameters and in how many results they ask for, not in their images. */
export function adaptOnce (): typeof adapt {
  let adapted: ReturnType<typeof adapt> | undefined
  return async candidate => {
    adapted ??= adapt(candidate)
    const { edit: { count: _, ...edit }, adaptations } = await adapted
    const { parameters, request: { count } } = candidate
    return { edit: Object.freeze({ ...edit, parameters: Object.freeze({ ...parameters }), ...count > 1 && { count } }), adaptations }
  }
}

async function layOut (image: EditImage, reshape: Reshape | undefined, inputs: Inputs): Promise<EditImage> {
  const sent = await convertImage(image, formatOf(image, inputs), { srgb: losesProfile(image, inputs), ...reshape && { reshape } })
  return sent.image
}

function reshapeOf ({ width, height }: Size, fit: ImageFit, crop: Region | undefined): Reshape | undefined {
  const { scaledTo, padding } = insideOf(fit)
  const isScaled = scaledTo.width !== width || scaledTo.height !== height
  const isPadded = scaledTo.width !== fit.size.width || scaledTo.height !== fit.size.height
  if (!isScaled && !isPadded && crop === undefined) return undefined
  return { ...crop && { crop }, ...isScaled && { scaledTo }, ...isPadded && { padding }, ...fit.margin?.fill === 'grey' && { fill: margin } }
}

/** The most bytes of each image: its own limit, and its share of what the whole request may have. */
function budgets (sent: readonly EditImage[], maskBytes: number, { maxBytes = Infinity, maxRequestBytes = Infinity }: Inputs): (image: EditImage) => number {
  const sum = sent.reduce((total, { bytes }) => total + bytes.length, 0)
  const share = (maxRequestBytes - maskBytes) / sum
  return ({ bytes }) => Math.min(maxBytes, share < 1 ? Math.floor(bytes.length * share) : Infinity)
}

/** Each step about a third smaller than the one before it. */
const qualities = [95, 88, 78, 62, 40]

async function compress (image: EditImage, most: number, inputs: Inputs): Promise<EditImage> {
  if (image.bytes.length <= most) return image
  const format = smallerFormat(inputs)
  if (format !== undefined) {
    for (const quality of qualities) {
      const { image: smaller } = await convertImage(image, format, { quality })
      if (smaller.bytes.length <= most) return smaller
    }
  }
  throw new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', `the image has ${image.bytes.length} bytes as it would be sent, the model takes ${most}`, { billed: 'no' })
}

async function maskFor ({ asked: { mask }, emulation, geometry: { images: [fit], crop } }: Pick<Candidate, 'asked' | 'emulation' | 'geometry'>, inputs: Inputs): Promise<EncodedImage | undefined> {
  // The planner gives a mask only to cards that take one.
  if (inputs.mask === 'none') return undefined
  const shaped = emulation?.mask === 'added' ? maskOfMargin(fit) : mask && await reshapeMask(mask, { ...fit, crop })
  if (shaped === undefined) return undefined
  const { pixels, width, height } = shaped
  const bytes = await encodeMask({ pixels, width, height }, inputs.mask, inputs.maskLevels ?? 'grey')
  if (shaped !== mask) release(pixels)
  return Object.freeze({ bytes, mediaType: 'image/png', width, height })
}
