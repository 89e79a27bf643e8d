import { operations } from '../../core/operations.ts'
import type { EditInput, Json, ModelCard, Operation, ParameterRule } from '../../core/index.ts'
import type { SampleInput } from './options.ts'
import { paintGradient, paintMask, paintScene, type Scene, type Size } from './pictures.ts'

/** Which of the two samples: they differ in size, shape and colour, so that their results cannot be confused. */
export type Which = 'first' | 'second'

const fields = {
  image: 'image',
  mask: 'mask',
  background: 'background',
  lighting: 'lighting',
  prompt: 'prompt',
  searchPrompt: 'search prompt',
  selectPrompt: 'select prompt',
  expansion: 'expansion'
}

const texts: Readonly<Record<Operation, SampleInput>> = {
  remove_background: {},
  inpaint: { prompt: 'A green apple on the wall' },
  outpaint: { prompt: 'More of the same plain wall' },
  search_replace: { searchPrompt: 'The red thing', prompt: 'A green apple' },
  search_recolor: { selectPrompt: 'red', prompt: 'blue' },
  relight: { prompt: 'The soft light of an evening' },
  general_edit: { prompt: 'Make it black and white' },
  erase: {}
}

/**
 * A request that a model must be able to honour by its card: every input that the operation knows and the card accepts, and
 * every parameter of the card with a legal value that is not its default.
 */
export async function sampleInput (provider: string, card: ModelCard, operation: Operation, which: Which, own: SampleInput = {}): Promise<EditInput> {
  const { inputs, outputs, id } = card
  const scene = sceneFor(inputs, which)
  const used = operations[operation].inputs
  const takes = (name: ModelCard['inputs']['accepts'][number]) => used[name] !== undefined && inputs.accepts.includes(name)
  const { prompt, searchPrompt, selectPrompt } = texts[operation]
  return {
    operation,
    fields,
    images: [await paintScene(scene), ...used.references !== undefined && inputs.maxImages > 1 ? [await reference(scene)] : []],
    ...used.mask !== undefined && inputs.mask !== 'none' ? { mask: await paintMask(scene) } : {},
    ...takes('background') ? { background: await paintGradient(scene, which === 'first' ? cool : warm) } : {},
    ...takes('lighting') ? { lighting: await paintGradient(scene, which === 'first' ? warm : cool) } : {},
    ...takes('prompt') ? { prompt } : {},
    ...takes('search_prompt') ? { searchPrompt } : {},
    ...takes('select_prompt') ? { selectPrompt } : {},
    ...takes('expansion') ? { expansion: expansionFor(inputs) } : {},
    parameters: Object.fromEntries(Object.entries(card.parameters).map(([name, rule]) => [name, legalValue(rule)])),
    output: { format: outputs.formats.includes('image/png') ? 'image/png' : outputs.formats[0] },
    route: { provider, model: id },
    ...own
  }
}

const cool = [[40, 80, 190], [140, 200, 240]] as const
const warm = [[250, 190, 60], [150, 60, 20]] as const

async function reference (size: Size): Promise<Buffer> {
  return await paintGradient(size, [[90, 160, 60], [230, 240, 200]])
}

/** A scene of about 96×72 pixels, or as near as the card's limits let it be. */
function sceneFor (inputs: ModelCard['inputs'], which: Which): Scene {
  const limits = { ...noLimits, ...inputs }
  return which === 'first'
    ? { ...sizeFor(limits, 4 / 3, 96 * 72), wall: [214, 218, 222], thing: 'ball' }
    : { ...sizeFor(limits, 3 / 4, 81 * 108), wall: [150, 176, 158], thing: 'box' }
}

function sizeFor (limits: Required<SizeLimits>, ratio: number, area: number): Size {
  const legal = Math.min(limits.maxAspectRatio, Math.max(limits.minAspectRatio, ratio))
  const [across, down] = [Math.sqrt(area * legal), Math.sqrt(area / legal)]
  const scale = Math.min(
    Math.max(1, limits.minSide / Math.min(across, down), Math.sqrt(limits.minPixels / area)),
    limits.maxSide / Math.max(across, down),
    Math.sqrt(limits.maxPixels / area)
  )
  // Whole pixels may lie just outside of a limit: then a neighbour is inside.
  const steps = [0, 1, -1, 2, -2]
  const near = steps.flatMap(dx => steps.map(dy => ({ width: Math.round(across * scale) + dx, height: Math.round(down * scale) + dy })))
  return [...near.filter(size => isLegal(size, limits)), ...near][0]
}

type SizeLimits = Pick<ModelCard['inputs'], 'minSide' | 'maxSide' | 'minPixels' | 'maxPixels' | 'minAspectRatio' | 'maxAspectRatio'>

const noLimits = { minSide: 1, maxSide: Infinity, minPixels: 1, maxPixels: Infinity, minAspectRatio: 0, maxAspectRatio: Infinity }

function isLegal ({ width, height }: Size, limits: Required<SizeLimits>): boolean {
  const within = (value: number, low: number, high: number) => value >= low && value <= high
  return within(Math.min(width, height), limits.minSide, Infinity) && within(Math.max(width, height), 1, limits.maxSide) &&
    within(width * height, limits.minPixels, limits.maxPixels) && within(width / height, limits.minAspectRatio, limits.maxAspectRatio)
}

/** Another number on each side: one that went astray shows. */
function expansionFor ({ maxExpansion = Infinity }: ModelCard['inputs']): EditInput['expansion'] {
  const [left, right, up, down] = [16, 24, 8, 12].map(pixels => Math.min(pixels, maxExpansion))
  return { left, right, up, down }
}

function legalValue (rule: ParameterRule): Json {
  if (rule.values !== undefined) return [...rule.values.filter(value => value !== rule.default), ...rule.values][0]
  if (rule.type === 'boolean') return rule.default !== true
  if (rule.type === 'string') return 'a frame around it'.slice(0, rule.maxLength)
  const { minimum = 0, maximum = minimum + 100 } = rule
  const middle = minimum + (maximum - minimum) / 4
  return rule.type === 'integer' ? Math.ceil(middle) : middle
}
