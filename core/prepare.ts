import { EditError } from './errors.ts'
import { refuseAddresses } from './image-urls.ts'
import { admitImage } from './imaging/admit.ts'
import { readCredits } from './imaging/credits.ts'
import type { ImageLimits } from './imaging/limits.ts'
import { canonicalMask, maskFromAlpha } from './imaging/mask.ts'
import { boxOf } from './imaging/mask-box.ts'
import { shapeMask } from './imaging/mask-shape.ts'
import { operations, type InputName } from './operations.ts'
import { checkOutput } from './output-wish.ts'
import type { EditImage, EditInput, EditRequest, InputFields } from './request.ts'
import { presentPictures, type SentInput, type SentPicture } from './sent-pictures.ts'

/**
 * Makes the canonical request out of what a face hands over: every image checked and upright, the mask grey and of the
 * image's size, everything that the operation needs present, and everything it ignores named in a warning. What it ignores is not
 * fetched either.
 * @param fetchImages is asked only for a request with pictures at addresses, once all else is right
 * @throws {EditError} EDIT_ERR_INVALID_REQUEST with the names of all missing fields in `details.missing`, or EDIT_ERR_IMAGE_* naming the field; what
 * `fetchImages` throws
 */
export async function prepareRequest (input: SentInput, limits: ImageLimits, fetchImages: (pictures: readonly SentPicture[]) => Promise<Buffer[]> = refuseAddresses): Promise<EditRequest> {
  const { operation, fields } = input
  const { inputs } = operations[operation]
  const sent = sentInputs(input)
  // What needs no pixel is checked first: a mistake costs nothing, nor is anything fetched for it.
  requireInputs(input)
  checkOutput(input, limits)
  const count = countOf(input)
  const uses = <T>(name: InputName, value: T): T | undefined => inputs[name] === undefined ? undefined : value

  if (input.images.length === 0) throw missing([fields.image], operation)
  const pictures = await presentPictures({
    images: uses('references', input.images) ?? input.images.slice(0, 1),
    mask: uses('mask', input.mask),
    background: uses('background', input.background),
    lighting: uses('lighting', input.lighting)
  }, fetchImages)
  const [first, ...references] = pictures.images as [Buffer, ...Buffer[]] // As many as there were addresses and images.
  const nameOf = (index: number) => fields.images?.[index] ?? fields.image
  const admitted = await admitImage(first, nameOf(0), limits)
  const rest = await Promise.all(references.map((bytes, index) => admitImage(bytes, nameOf(index + 1), limits)))
  const admitOptional = async (bytes: Buffer | undefined, field: string) => bytes && await admitImage(bytes, field, limits)
  const background = await admitOptional(pictures.background, fields.background)
  const lighting = await admitOptional(pictures.lighting, fields.lighting)
  const mask = uses('mask', true) ? await admitMask({ ...input, mask: pictures.mask }, admitted.image, limits) : undefined
  // From the bytes as they came: an image that had to be turned upright has lost it.
  const credits = input.output.keepMetadata === true ? await readCredits(first) : undefined
  if (inputs.mask === 'required' && mask?.mask === undefined) throw missing([fields.mask], operation)

  return Object.freeze({
    operation,
    images: Object.freeze([admitted.image, ...rest.map(({ image }) => image)] as const),
    count,
    ...present('mask', mask?.mask),
    ...present('background', background?.image),
    ...present('lighting', lighting?.image),
    ...present('prompt', uses('prompt', sent.prompt ? input.prompt : undefined)),
    ...present('searchPrompt', uses('search_prompt', sent.search_prompt ? input.searchPrompt : undefined)),
    ...present('selectPrompt', uses('select_prompt', sent.select_prompt ? input.selectPrompt : undefined)),
    ...present('expansion', uses('expansion', sent.expansion ? input.expansion : undefined)),
    parameters: Object.freeze({ ...input.parameters }),
    output: Object.freeze({ ...input.output }),
    ...present('credits', credits),
    route: Object.freeze({ ...input.route }),
    warnings: Object.freeze([
      ...[admitted, ...rest, background, lighting, mask].flatMap(part => part?.warnings ?? []),
      ...ignoredInputs(input)
    ])
  })
}

const mostResults = 10

function countOf ({ count = 1, fields }: SentInput): number {
  if (Number.isInteger(count) && count >= 1 && count <= mostResults) return count
  const field = fields.count ?? 'count'
  throw new EditError('EDIT_ERR_INVALID_REQUEST', `${field}: it is an integer from 1 to ${mostResults}`, { details: { field } })
}

type MaskInput = Pick<EditInput, 'mask' | 'maskReading' | 'maskGrow' | 'maskFeather' | 'operation' | 'fields'>

async function admitMask (input: MaskInput, image: EditImage, limits: ImageLimits) {
  const { maskGrow: grow = 0, maskFeather: feather = 0, fields } = input
  const { mask, warnings } = await readMask(input, image, limits)
  if (mask !== undefined) {
    const shaped = await shapeMask(mask, { grow, feather })
    const box = await boxOf(shaped)
    return { mask: { ...shaped, ...box && { box } }, warnings }
  }
  const isShaped = grow > 0 || feather > 0
  return { mask, warnings: isShaped ? [...warnings, `${fields.mask} is missing: there is nothing to grow or to feather`] : warnings }
}

async function readMask ({ mask: bytes, maskReading, operation, fields }: MaskInput, image: EditImage, limits: ImageLimits) {
  if (bytes !== undefined) return await canonicalMask(bytes, fields.mask, image, limits, maskReading)
  // Only where a region is the point of the operation does the image's own transparency mark it.
  const mask = operation === 'inpaint' || operation === 'erase' ? await maskFromAlpha(image) : undefined
  return { mask, warnings: mask === undefined ? [] : [`${fields.mask} is missing: the transparent part of the image is edited`] }
}

function present<K extends string, T> (key: K, value: T | undefined): { readonly [P in K]?: T } {
  // A computed key widens to string: the cast restores the literal one.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T }
}

/** Which inputs were sent; blank text and an expansion of nothing were not. */
function sentInputs ({ prompt, searchPrompt, selectPrompt, mask, background, lighting, expansion }: SentInput): Record<keyof typeof fieldOf, boolean> {
  const written = (text: string | undefined) => text !== undefined && text.trim() !== ''
  return {
    prompt: written(prompt),
    search_prompt: written(searchPrompt),
    select_prompt: written(selectPrompt),
    mask: mask !== undefined,
    background: background !== undefined,
    lighting: lighting !== undefined,
    expansion: expansion !== undefined && Object.values(expansion).some(pixels => pixels > 0)
  }
}

const fieldOf = {
  prompt: 'prompt',
  search_prompt: 'searchPrompt',
  select_prompt: 'selectPrompt',
  mask: 'mask',
  background: 'background',
  lighting: 'lighting',
  expansion: 'expansion'
} as const satisfies Record<Exclude<InputName, 'references'>, keyof InputFields>

function requireInputs (input: SentInput): void {
  const { operation, fields } = input
  const { inputs, requiresOneOf } = operations[operation]
  const sent = sentInputs(input)
  // The image's own transparency may stand in for a mask: that is known once it is decoded.
  const absent = typedEntries(fieldOf).filter(([name]) => inputs[name] === 'required' && !sent[name] && name !== 'mask')
  if (absent.length > 0) throw missing(absent.map(([, field]) => fields[field]), operation)
  const choices = typedEntries(fieldOf).filter(([name]) => requiresOneOf?.includes(name))
  if (choices.length > 0 && !choices.some(([name]) => sent[name])) {
    throw missing(choices.map(([, field]) => fields[field]), operation, ' or ')
  }
}

function ignoredInputs (input: SentInput): string[] {
  const { inputs } = operations[input.operation]
  const sent = sentInputs(input)
  return [
    ...typedEntries(fieldOf)
      .filter(([name]) => sent[name] && inputs[name] === undefined)
      .map(([, field]) => `${input.fields[field]} is ignored: ${input.operation} does not use it`),
    ...inputs.references === undefined && input.images.length > 1
      ? [`all images but the first are ignored: ${input.operation} edits one`]
      : []
  ]
}

function missing (names: readonly string[], operation: string, conjunction = ' and '): EditError {
  return new EditError('EDIT_ERR_INVALID_REQUEST', `${operation} needs ${names.join(conjunction)}`, { details: { missing: names } })
}

// Object.entries forgets the keys' type; the table is closed, so they are known.
function typedEntries<T extends object> (table: T): Array<{ [K in keyof T]: [K, T[K]] }[keyof T]> {
  return Object.entries(table) as Array<{ [K in keyof T]: [K, T[K]] }[keyof T]>
}
