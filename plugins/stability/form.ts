import type { EncodedImage, FormPart, Operation, ProviderEdit } from '../../core/index.ts'

type Value = string | number | boolean | EncodedImage | undefined

/** Where an edit goes and what it says there. Absent fields are left out. */
interface Endpoint {
  readonly name: string
  readonly fields: (edit: ProviderEdit) => Readonly<Record<string, Value>>
}

/** Operations that Stability AI does not have are on no card. */
const endpoints: Readonly<Partial<Record<Operation, Endpoint>>> = {
  erase: { name: 'erase', fields: ({ images: [image], mask }) => ({ image, mask }) },
  inpaint: { name: 'inpaint', fields: ({ images: [image], mask, prompt }) => ({ image, mask, prompt }) },
  outpaint: { name: 'outpaint', fields: ({ images: [image], expansion, prompt }) => ({ image, ...expansion, prompt }) },
  search_replace: {
    name: 'search-and-replace',
    fields: ({ images: [image], prompt, searchPrompt }) => ({ image, prompt, search_prompt: searchPrompt })
  },
  search_recolor: {
    name: 'search-and-recolor',
    fields: ({ images: [image], prompt, selectPrompt }) => ({ image, prompt, select_prompt: selectPrompt })
  },
  remove_background: { name: 'remove-background', fields: ({ images: [image] }) => ({ image }) },
  relight: { name: 'replace-background-and-relight', fields: relightFields }
}

// Said when there is nothing else to say: one of background_reference and background_prompt must be there.
const sameScene = 'the same scene in the light of the reference'

/**
 * The prompt is the background's: "a description of the desired background scene, or just a description of the lighting"
 * (OpenAPI). The subject's own, `foreground_prompt`, is a parameter. With a light alone, the original background is to stay.
 */
function relightFields ({ images: [subject], background, lighting, prompt }: ProviderEdit): Readonly<Record<string, Value>> {
  return {
    subject_image: subject,
    background_reference: background,
    light_reference: lighting,
    ...background === undefined && prompt === undefined
      ? { background_prompt: sameScene, keep_original_background: true }
      : { background_prompt: prompt }
  }
}

export interface Form {
  /** Path at the vendor. */
  readonly path: string
  readonly parts: readonly FormPart[]
  /** What a caller would not expect. */
  readonly warnings: readonly string[]
}

/** Writes an edit as the form of its endpoint: parameters have the same names on both sides. */
export function writeForm (edit: ProviderEdit): Form {
  const endpoint = endpoints[edit.operation]
  if (endpoint === undefined) throw new TypeError(`${edit.operation} is on no card`)
  const { light_source_strength: strength, ...parameters } = edit.parameters
  // Stability refuses a strength without the light that it belongs to.
  const lit = edit.lighting !== undefined || parameters.light_source_direction !== undefined
  const fields = {
    ...endpoint.fields(edit),
    ...parameters as Record<string, Value>, // by the card they are texts, numbers and booleans
    ...strength !== undefined && lit && { light_source_strength: Number(strength) },
    output_format: edit.output.format.replace('image/', '')
  }
  return {
    path: `/v2beta/stable-image/edit/${endpoint.name}`,
    parts: Object.entries(fields).filter(([, value]) => value !== undefined).map(([name, value]) => partOf(name, value)),
    warnings: [
      ...strength !== undefined && !lit ? ['light_source_strength was not sent: it needs a lighting image or light_source_direction'] : [],
      ...'keep_original_background' in fields && edit.parameters.keep_original_background === undefined
        ? ['the original background is kept: neither another one nor a prompt was sent']
        : []
    ]
  }
}

function partOf (name: string, value: Value): FormPart {
  if (typeof value !== 'object') return { name, value: String(value) }
  const { bytes, mediaType } = value
  return { name, value: bytes, filename: `${name}.${mediaType.replace('image/', '')}`, contentType: mediaType }
}
