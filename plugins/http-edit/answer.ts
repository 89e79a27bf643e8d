import type { EditInput, EditResult } from '../../core/index.ts'
import { pictureText, type PictureText } from '../_http/picture-text.ts'
import { wireAttempts, wirePreservation, wireSkipped } from '../_http/trail.ts'

/**
 * The answer: an image's base64 goes into its place, never through a JSON encoder. Of several results `images` has all,
 * the first one too.
 */
export function toAnswer (result: EditResult, { input, warnings, isPlain = false, addresses = [] }: {
  readonly input: Pick<EditInput, 'parameters'>
  /** Of this API, before the kernel's. */
  readonly warnings: readonly string[]
  /** Base64 alone, not a data URL. */
  readonly isPlain?: boolean
  /** Of the images that are kept: they do not stand in the answer. */
  readonly addresses?: ReadonlyArray<string | undefined>
}): PictureText {
  const { operation, provider, images, seeds, requested } = result
  const [{ width, height }] = images
  const pictures = images.map(({ bytes, mediaType, ...size }, index) => {
    const address = addresses[index]
    const parts = address === undefined ? [isPlain ? '"' : `"data:${mediaType};base64,`, bytes, '"'] : [`null,"image_url":${JSON.stringify(address)}`]
    return { parts, facts: { width: size.width, height: size.height, seed: seeds[index] } }
  })
  return pictureText([
    `${unclosed({ success: true, operation, provider })},"image_base64":`,
    ...pictures.slice(0, 1).flatMap(({ parts }) => parts),
    `,${unclosed({ width, height }).slice(1)}`,
    ...requested === 1
      ? []
      : [
          ',"images":[',
          ...pictures.flatMap(({ parts, facts }, index) => [
            `${index === 0 ? '' : ','}{"image_base64":`,
            ...parts,
            `,${JSON.stringify(facts).slice(1)}`
          ]),
          ']'
        ],
    `,${JSON.stringify({ metadata: metadataOf(result, input, warnings) }).slice(1)}`
  ])
}

/** JSON of an object without its end: what comes next goes there. */
function unclosed (value: object): string {
  return JSON.stringify(value).slice(0, -1)
}

function metadataOf (result: EditResult, { parameters }: Pick<EditInput, 'parameters'>, warnings: readonly string[]) {
  const { operation, provider, images, requested } = result
  const [{ width, height, mediaType }] = images
  return {
    width,
    height,
    operation,
    style_preset: parameters.style_preset ?? null,
    provider,
    model: result.model,
    vendor: result.vendor,
    seed: result.seed,
    ...requested > 1 && { seeds: result.seeds, requested, delivered: images.length },
    cost_usd: result.costUsd,
    duration_ms: Math.round(result.durationMs),
    attempts: wireAttempts(result.attempts),
    skipped: wireSkipped(result.skipped),
    adaptations: result.adaptations.map(({ kind, detail }) => ({ kind, detail })),
    emulated: result.emulation !== null,
    emulation: result.emulation,
    preservation: wirePreservation(result.preservation),
    warnings: [
      ...warnings,
      ...result.warnings,
      ...requested === 1 && images.length > 1 ? [`the provider made ${images.length} images: this is the first one`] : []
    ],
    vendor_request_id: result.vendorRequestId,
    output_format: mediaType.replace('image/', '')
  }
}
