import type { ProviderOutput } from './contract.ts'
import type { MediaType, ModelCard, Price } from './model-card.ts'
import { dropInputs } from './drop.ts'
import { sortParameters } from './fit-parameters.ts'
import { operations, type InputName } from './operations.ts'
import { fitSize } from './output-size.ts'
import type { Adaptation, EditImage, EditRequest, RejectionReason } from './request.ts'

/** How a request fits a card: what has to be done, or the first reason why it does not. */
export type Fit =
  | { readonly reason: RejectionReason, readonly message: string }
  | {
    /** As this model gets it: without what may be dropped. */
    readonly request: EditRequest
    readonly adaptations: readonly Adaptation[]
    /** Names of the inputs and parameters that would not reach the model. */
    readonly dropped: readonly string[]
    readonly parameters: EditRequest['parameters']
    readonly output: ProviderOutput
    readonly costUsd: { readonly min: number, readonly max: number }
  }

type Misfit = { reason: RejectionReason, message: string } | undefined

/** Holds a request against a card. Pure, and cheap: no pixel is touched. */
export function fit (sent: EditRequest, card: ModelCard): Fit {
  const { request, lost } = sent.route.unsupported === 'drop' ? dropInputs(sent, card) : { request: sent, lost: [] }
  const misfit = misfitOf(request, card)
  if (misfit !== undefined) return misfit
  const { parameters, dropped, illegal } = sortParameters(request.parameters, card.parameters, request.route.unsupported)
  if (illegal !== undefined) return { reason: 'parameter', message: illegal }
  const { output, adaptations } = fitOutput(request, card)
  const costUsd = costOf(card.price, request.images.length, output.resolution)
  const { maxCostUsd = Infinity } = request.route
  if (costUsd.max > maxCostUsd) return { reason: 'price', message: `costs up to $${costUsd.max}, the request allows $${maxCostUsd}` }
  return { request, adaptations: [...fitInputs(request, card), ...adaptations], dropped: [...lost, ...dropped], parameters, output, costUsd }
}

function misfitOf (request: EditRequest, { operations: offered, inputs }: ModelCard): Misfit {
  const { operation, images } = request
  if (!offered.includes(operation)) return { reason: 'operation', message: `does not do ${operation}` }
  const lost = lostInput(request, inputs)
  if (lost !== undefined) return lost
  if (images.length > inputs.maxImages) {
    return { reason: 'images', message: `takes ${inputs.maxImages} image${inputs.maxImages === 1 ? '' : 's'}, the request has ${images.length}` }
  }
  const { prompt = '', searchPrompt = '', selectPrompt = '' } = request
  if (Math.max(prompt.length, searchPrompt.length, selectPrompt.length) > (inputs.maxPromptLength ?? Infinity)) {
    return { reason: 'prompt', message: `takes prompts of up to ${inputs.maxPromptLength} characters` }
  }
  const { expansion, background, lighting } = request
  const widest = expansion === undefined ? 0 : Math.max(...Object.values(expansion))
  if (widest > (inputs.maxExpansion ?? Infinity)) {
    return { reason: 'expansion', message: `extends a side by up to ${inputs.maxExpansion} pixels, the request asks for ${widest}` }
  }
  const sent = [...images, background, lighting].filter(image => image !== undefined)
  for (const image of sent) {
    const misfit = imageMisfit(image, inputs)
    if (misfit) return misfit
  }
  return ratioMisfit(images[0], inputs) ?? sumMisfit(sent, inputs)
}

/** An input that was sent, that the operation uses, and that this model would never see. */
function lostInput (request: EditRequest, { accepts, mask }: ModelCard['inputs']): Misfit {
  if (request.mask !== undefined && mask === 'none') return { reason: 'mask', message: 'takes no mask' }
  const sent = {
    prompt: request.prompt,
    search_prompt: request.searchPrompt,
    select_prompt: request.selectPrompt,
    background: request.background,
    lighting: request.lighting,
    expansion: request.expansion
  }
  const reasons = {
    prompt: 'prompt', search_prompt: 'prompt', select_prompt: 'prompt', background: 'background', lighting: 'lighting', expansion: 'expansion'
  } as const
  const used = operations[request.operation].inputs
  for (const [name, value] of Object.entries(sent) as Array<[keyof typeof sent, unknown]>) { // Object.entries forgets the keys' type
    if (value !== undefined && used[name satisfies InputName] !== undefined && !accepts.includes(name)) {
      return { reason: reasons[name], message: `takes no ${name}` }
    }
  }
}

function imageMisfit ({ width, height, bytes, mediaType }: EditImage, limits: ModelCard['inputs']): Misfit {
  const pixels = width * height
  const shown = `${width}×${height}`
  const { minSide = 1, maxSide = Infinity, minPixels = 1, maxPixels = Infinity } = limits
  if (Math.min(width, height) < minSide) return { reason: 'side', message: `takes sides from ${minSide} pixels, the image is ${shown}` }
  if (Math.max(width, height) > maxSide) return { reason: 'side', message: `takes sides up to ${maxSide} pixels, the image is ${shown}` }
  if (pixels < minPixels || pixels > maxPixels) {
    return { reason: 'pixels', message: `takes ${minPixels} to ${maxPixels} pixels, the image has ${pixels}` }
  }
  // Bytes that are converted change their number: their limit holds only for what is sent as it is.
  if (limits.maxBytes !== undefined && limits.formats.includes(mediaType) && bytes.length > limits.maxBytes) {
    return { reason: 'bytes', message: `takes images of up to ${limits.maxBytes} bytes, this one has ${bytes.length}` }
  }
}

/** Of the image to edit alone: references and backgrounds may have another shape. */
function ratioMisfit ({ width, height }: EditImage, { minAspectRatio = 0, maxAspectRatio = Infinity }: ModelCard['inputs']): Misfit {
  const ratio = width / height
  if (ratio < minAspectRatio || ratio > maxAspectRatio) {
    return { reason: 'ratio', message: `takes aspect ratios from ${minAspectRatio} to ${maxAspectRatio}, the image is ${width}×${height}` }
  }
}

function sumMisfit (images: readonly EditImage[], { maxRequestBytes = Infinity, formats }: ModelCard['inputs']): Misfit {
  const sum = images.reduce((bytes, image) => bytes + (formats.includes(image.mediaType) ? image.bytes.length : 0), 0)
  if (sum > maxRequestBytes) return { reason: 'bytes', message: `takes requests of up to ${maxRequestBytes} bytes, these images have ${sum}` }
}

function fitInputs (request: EditRequest, { inputs }: ModelCard): Adaptation[] {
  const { mask, images, background, lighting } = request
  const target = inputs.formats[0]
  const converted = new Set([...images, background, lighting]
    .filter(image => image !== undefined && !inputs.formats.includes(image.mediaType))
    .map(image => image?.mediaType))
  return [
    ...[...converted].map(from => ({ kind: 'convert' as const, detail: `${from} is sent as ${target}` })),
    ...mask !== undefined && inputs.mask !== 'white-edits'
      ? [{ kind: 'mask' as const, detail: `the mask is sent as ${inputs.mask}` }]
      : [],
    ...mask !== undefined && inputs.maskLevels === 'binary'
      ? [{ kind: 'mask' as const, detail: 'the mask is sent with two levels' }]
      : []
  ]
}

function fitOutput (request: EditRequest, { outputs }: ModelCard): { output: ProviderOutput, adaptations: Adaptation[] } {
  const wished = request.output.format
  const format: MediaType = outputs.formats.includes(wished) ? wished : outputs.formats[0] ?? wished
  const { size, adaptations } = fitSize(request.images[0], outputs.size)
  return {
    output: { format, ...size },
    adaptations: [
      ...adaptations,
      ...format === wished ? [] : [{ kind: 'output' as const, detail: `the result comes as ${format} and is converted to ${wished}` }]
    ]
  }
}

function costOf ({ usd, byResolution = {}, perExtraImage = 0 }: Price, images: number, resolution = ''): { min: number, max: number } {
  const cost = (byResolution[resolution] ?? usd) + (images - 1) * perExtraImage
  return { min: cost, max: cost }
}
