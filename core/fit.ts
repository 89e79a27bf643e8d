import { planCalls, roundUsd } from './calls.ts'
import type { ProviderOutput } from './contract.ts'
import type { MediaType, ModelCard, Price } from './model-card.ts'
import { dropInputs } from './drop.ts'
import { planEmulation, rewritings, type Emulation, type Rewriting } from './emulation.ts'
import { fitBytes } from './fit-bytes.ts'
import { fitGeometry } from './fit-geometry.ts'
import { scaleExpansion, type Misfit } from './fit-image.ts'
import { sortParameters } from './fit-parameters.ts'
import { operations, type InputName } from './operations.ts'
import { planPreservation } from './preservation.ts'
import type { Adaptation, EditRequest } from './request.ts'
import type { Geometry } from './restoration.ts'

/** How a request fits a card: what has to be done, or the first reason why it does not. */
export type Fit =
  | Misfit
  | {
    /** The caller's, without what may be dropped: what a result is finished by. */
    readonly request: EditRequest
    /** What the model is asked for: the same, or what emulates it. */
    readonly asked: EditRequest
    readonly emulation?: Emulation
    readonly geometry: Geometry
    readonly adaptations: readonly Adaptation[]
    /** Names of the inputs and parameters that would not reach the model. */
    readonly dropped: readonly string[]
    readonly parameters: EditRequest['parameters']
    readonly output: ProviderOutput
    /** Of all results together. */
    readonly costUsd: { readonly min: number, readonly max: number }
  }

/** Holds a request against a card. Pure, and cheap: no pixel is touched. */
export function fit (sent: EditRequest, card: ModelCard): Fit {
  const { request, lost } = sent.route.unsupported === 'drop' ? dropInputs(sent, card) : { request: sent, lost: [] }
  const native = fitAs({ asked: request }, { request, card, lost })
  return 'reason' in native ? emulate(native, request, card) : native
}

/** What a model lacks is emulated where that is wished and possible; else it is said that it would be. */
function emulate (native: Misfit, request: EditRequest, card: ModelCard): Fit {
  const found = rewritings(request, card, native)
  if (request.route.unsupported === 'emulate') {
    const fits = found.map(way => 'reason' in way ? way : fitAs(way, { request, card, lost: [] }))
    return fits.find(way => !('reason' in way)) ?? fits[0] ?? native
  }
  const way = found.find(way => !('reason' in way))
  return way === undefined || 'reason' in way ? native : { ...native, message: `${native.message}; with unsupported: emulate it would be emulated: ${way.emulation.detail}` }
}

function fitAs ({ asked, emulation }: Partial<Rewriting> & Pick<Rewriting, 'asked'>, { request, card, lost }: {
  readonly request: EditRequest, readonly card: ModelCard, readonly lost: readonly string[]
}): Fit {
  const misfit = misfitOf(asked, card)
  if (misfit !== undefined) return misfit
  const { parameters, dropped, illegal } = sortParameters(asked.parameters, card.parameters, asked.route.unsupported)
  if (illegal !== undefined) return { reason: 'parameter', message: illegal }
  const fitted = fitGeometry(asked, card)
  if ('reason' in fitted) return fitted
  const { asked: size, before, after } = fitted
  const geometry = withMargin(fitted.geometry, emulation)
  const bytes = fitBytes(request, geometry, card.inputs)
  if ('reason' in bytes) return bytes
  const format = formatFor(asked, card)
  const output = { format, ...size }
  const costUsd = costOf(card.price, asked, output.resolution)
  const { maxCostUsd = Infinity } = asked.route
  if (costUsd.max > maxCostUsd) return { reason: 'price', message: `costs up to $${costUsd.max}, the request allows $${maxCostUsd}` }
  const emulated = planEmulation(emulation ?? {}, request)
  const adaptations = [
    ...emulated.before, ...before, ...bytes.adaptations, ...fitMask(asked, card), ...planCalls(asked, card, parameters), ...after, ...emulated.after, ...planPreservation(request), ...convertedResult(asked, format)
  ]
  return { request, asked, ...emulation && { emulation }, geometry, adaptations, dropped: [...lost, ...dropped], parameters, output, costUsd }
}

/** Of the canvas that an emulation lays the image on, the part around it. */
function withMargin (geometry: Geometry, { canvas }: Partial<Emulation> = {}): Geometry {
  if (canvas === undefined) return geometry
  const [first, ...rest] = geometry.images
  return { ...geometry, images: [{ ...first, margin: { ...scaleExpansion(canvas.expansion, first, canvas.size), fill: canvas.fill } }, ...rest] }
}

function misfitOf (request: EditRequest, { operations: offered, inputs }: ModelCard): Misfit | undefined {
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
}

/** An input that was sent, that the operation uses, and that this model would never see. */
function lostInput (request: EditRequest, { accepts, mask }: ModelCard['inputs']): Misfit | undefined {
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

function fitMask ({ mask }: EditRequest, { inputs }: ModelCard): Adaptation[] {
  return [
    ...mask !== undefined && inputs.mask !== 'white-edits'
      ? [{ kind: 'mask' as const, detail: `the mask is sent as ${inputs.mask}` }]
      : [],
    ...mask !== undefined && inputs.maskLevels === 'binary'
      ? [{ kind: 'mask' as const, detail: 'the mask is sent with two levels' }]
      : []
  ]
}

function formatFor ({ output: { format } }: EditRequest, { outputs: { formats } }: ModelCard): MediaType {
  return formats.includes(format) ? format : formats[0]
}

function convertedResult ({ output }: EditRequest, format: MediaType): Adaptation[] {
  return format === output.format ? [] : [{ kind: 'output', detail: `the result comes as ${format} and is converted to ${output.format}` }]
}

function costOf ({ usd, byResolution = {}, perExtraImage = 0 }: Price, { images, count }: EditRequest, resolution = ''): { min: number, max: number } {
  const cost = roundUsd(count * ((byResolution[resolution] ?? usd) + (images.length - 1) * perExtraImage))
  return { min: cost, max: cost }
}
