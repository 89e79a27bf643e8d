import type { EditedImage, EditInput, EditResult } from '../../core/index.ts'
import { wireAttempts, wirePreservation, wireSkipped } from '../_http/trail.ts'

/**
 * The answer as bytes: an image's base64 goes into its place, never through a JSON encoder. Of several results `images` has all,
 * the first one too.
 */
export function toAnswer (result: EditResult, { input, warnings, encode, addresses = [] }: {
  readonly input: Pick<EditInput, 'parameters'>
  /** Of this API, before the kernel's. */
  readonly warnings: readonly string[]
  /** An image as text of one byte a character. */
  readonly encode: (image: EditedImage) => string
  /** Of the images that are kept: they do not stand in the answer. */
  readonly addresses?: ReadonlyArray<string | undefined>
}): Buffer {
  const { operation, provider, images, seeds, requested } = result
  const [{ width, height }] = images
  const pictures = images.map((image, index) => {
    const address = addresses[index]
    return address === undefined ? [text('"'), base64(encode(image)), text('"')] : [text(`null,"image_url":${JSON.stringify(address)}`)]
  })
  const parts = [
    text(`${unclosed({ success: true, operation, provider })},"image_base64":`),
    ...pictures[0] ?? [],
    text(`,${unclosed({ width, height }).slice(1)}`),
    ...requested === 1
      ? []
      : [
          text(',"images":['),
          ...images.flatMap(({ width, height }, index) => [
            text(`${index === 0 ? '' : ','}{"image_base64":`),
            ...pictures[index] ?? [],
            text(`,${JSON.stringify({ width, height, seed: seeds[index] }).slice(1)}`)
          ]),
          text(']')
        ],
    text(`,${JSON.stringify({ metadata: metadataOf(result, input, warnings) }).slice(1)}`)
  ]
  return written(parts)
}

interface Part {
  readonly text: string
  readonly encoding: 'utf8' | 'latin1'
}

const text = (text: string): Part => ({ text, encoding: 'utf8' })
/** A character of it is a byte: it needs no second look. */
const base64 = (text: string): Part => ({ text, encoding: 'latin1' })

/** JSON of an object without its end: what comes next goes there. */
function unclosed (value: object): string {
  return JSON.stringify(value).slice(0, -1)
}

function written (parts: readonly Part[]): Buffer {
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, { text, encoding }) => sum + Buffer.byteLength(text, encoding), 0))
  let at = 0
  for (const { text, encoding } of parts) at += bytes.write(text, at, encoding)
  return bytes
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
