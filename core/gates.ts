import { Type, type Static } from '@sinclair/typebox'
import type { ProviderOutput } from './contract.ts'
import type { Emulation } from './emulation.ts'
import { EditError } from './errors.ts'
import type { Figures, Question } from './imaging/gate-figures.ts'
import type { ModelCard } from './model-card.ts'
import { operations } from './operations.ts'
import type { EditRequest, Size } from './request.ts'
import { askedShape, frameOf, sizeText, type Geometry } from './restoration.ts'

const gate = (description: string) => Type.Boolean({ default: true, description })

/** Which gates a result has to pass. One above the limits never does. */
export const Gates = Type.Object({
  damaged: gate('Its pixels cannot be decoded. Off, a result that needs no new encoding is only looked at from outside.'),
  blank: gate('Nothing but a single colour, or nothing to be seen at all, though the image shows something.'),
  unchanged: gate('As the image was, where it was to be edited.'),
  size: gate('Of another shape than the model was to make, or less than half as large.'),
  transparency: gate('A background was to be removed, and nothing is transparent, or everything is.'),
  moderated: gate('The vendor says that it is blurred or withheld by its content policy.')
}, { additionalProperties: false, default: {} })
export type Gates = Static<typeof Gates>

export const everyGate: Gates = { damaged: true, blank: true, unchanged: true, size: true, transparency: true, moderated: true }

/** In so few pixels nothing can be told. */
const leastPixels = 64
// The rest are the middles of the gaps between good and bad results that test/gates measured; ΔE-OK.
const leastContrast = 0.012
const plainContrast = 0.024
const sameColour = 0.06
const leastDistance = 0.0115
/** Up to it, what an erase was to take away is like its surroundings. */
const leastProminence = 0.05
/** Shares of the pixels. */
const leastClear = 0.002
const leastVisible = 0.0005
/** Ratios that vendors round to: 4:5 comes as 896×1152, 3:4 as 864×1184. The ratios they offer are 6 % apart and more. */
const mostDistortion = 0.04
/** Of the side that was promised. */
const leastSide = 0.5

export interface Judged {
  readonly request: EditRequest
  readonly geometry: Geometry
  readonly output: ProviderOutput
  readonly offer: { readonly card: ModelCard }
  readonly emulation?: Pick<Emulation, 'key'> | undefined
}

/** @throws {EditError} EDIT_ERR_CONTENT_REJECTED */
export function judgeModeration (isModerated: boolean | undefined, gates: Gates): void {
  if (isModerated !== true || !gates.moderated) return
  throw new EditError('EDIT_ERR_CONTENT_REJECTED', 'the content policy of the vendor refuses the result', { billed: 'maybe', details: { gate: 'moderated' } })
}

/**
 * By its size alone. A model that decides on it itself may make any; of the others, one whose shape is neither that of what was
 * sent nor that of what was asked for shows something else, and one of less than half its sides is a thumbnail.
 * @throws {EditError} EDIT_ERR_OUTPUT_REJECTED
 */
export function judgeSize (result: Size, { geometry, output, offer: { card: { outputs } } }: Judged, gates: Gates): void {
  if (!gates.size || outputs.size.rule === 'vendor') return
  const { canvas } = frameOf(geometry)
  const asked = askedShape(output) ?? canvas
  const figures = { width: result.width, height: result.height }
  if (!isLike(result, canvas) && !isLike(result, asked)) {
    const ratio = outputs.size.rule === 'ratio' ? String(output.aspectRatio) : sizeText(asked)
    throw rejected('size', `the result is ${sizeText(result)}, which is another shape than ${ratio}`, { ...figures, expected: ratio })
  }
  // A resolution is a name: vendors deliver it with fewer pixels in some ratios, and are right to.
  if (outputs.size.rule === 'ratio') return
  const promised = Math.min(Math.max(asked.width, asked.height), outputs.maxSide ?? Infinity)
  const longest = Math.max(result.width, result.height)
  if (longest < leastSide * promised) throw rejected('size', `the result is ${sizeText(result)}, its longer side was to have ${promised} pixels`, { ...figures, expected: promised })
}

function isLike (a: Size, b: Size): boolean {
  const off = Math.abs(a.width * b.height - b.width * a.height)
  // Whole pixels: one more or less in the shorter side is no other shape.
  return off <= mostDistortion * Math.max(a.width * b.height, b.width * a.height) || off <= Math.max(a.width, a.height, b.width, b.height)
}

/** What has to be measured to judge a result; undefined = nothing. */
export function questionFor ({ request, geometry, emulation, offer: { card } }: Judged, result: Size, gates: Gates): Question | undefined {
  const { operation, images: [image] } = request
  const { scaledTo } = geometry.images[0]
  const { width, height } = geometry.crop ?? image
  const { unchanged } = operations[operation]
  if (Math.min(result.width * result.height, image.width * image.height) < leastPixels) return undefined
  const question = {
    distance: gates.unchanged && unchanged !== 'legal',
    prominence: gates.unchanged && unchanged === 'even',
    transparency: gates.transparency && operation === 'remove_background' && (card.outputs.alpha || emulation?.key === 'backdrop'),
    // Detail is lost where the image was scaled down for the model, and where the result is smaller than the image.
    enlarged: Math.max(1, width / scaledTo.width, height / scaledTo.height, (width / result.width + height / result.height) / 2)
  }
  return gates.blank || question.distance || question.transparency ? question : undefined
}

/**
 * By its pixels.
 * @throws {EditError} EDIT_ERR_OUTPUT_REJECTED
 */
export function judgeFigures ({ contrast, imageContrast = Infinity, kept, distance, prominence, clear, visible = 1 }: Figures, gates: Gates): void {
  if (visible < leastVisible) throw rejected('transparency', 'the result is transparent everywhere: nothing was left of the subject', { visible, threshold: leastVisible })
  if (clear !== undefined && clear < leastClear) throw rejected('transparency', 'the background was to be removed, and the result is opaque everywhere', { clear, threshold: leastClear })
  // What is not masked may be as plain: then nothing else is left when the rest is taken away.
  const isPlain = kept !== undefined && kept.contrast < plainContrast && kept.distance < sameColour
  // A cut-out shows its outline, whatever colour it has.
  if (gates.blank && clear === undefined && contrast < leastContrast && imageContrast >= plainContrast && !isPlain) {
    throw rejected('blank', 'the result is blank: it has a single colour', { contrast, threshold: leastContrast })
  }
  if (distance === undefined || distance >= leastDistance || (prominence !== undefined && prominence < leastProminence)) return
  const where = prominence === undefined ? 'the result is' : 'what was to be erased is'
  throw rejected('unchanged', `${where} as it was before: the model changed nothing that could be seen`, { distance, threshold: leastDistance })
}

function rejected (gate: keyof Gates, message: string, figures: Readonly<Record<string, unknown>>): EditError {
  const rounded = Object.entries(figures).map(([name, value]) => [name, typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value])
  return new EditError('EDIT_ERR_OUTPUT_REJECTED', message, { details: { gate, ...Object.fromEntries(rounded) } })
}
