import type { EditResult } from '../../core/index.ts'
import { pictureText, type PictureText } from '../_http/picture-text.ts'
import { wireAttempts, wirePreservation, wireSkipped } from '../_http/trail.ts'
import type { Order } from './edit-input.ts'
import { hasAlpha } from './transparency.ts'

/** An image as it goes into the answer: by its bytes, or by its address. */
export type Shown = { readonly bytes: Buffer } | { readonly url: string }

/** The answer. @param warnings that came up after the edit */
export function toAnswer (result: EditResult, order: Pick<Order, 'wishes' | 'warnings'>, { images, created, warnings = [] }: {
  readonly images: readonly Shown[]
  /** Seconds since the epoch. */
  readonly created: number
  readonly warnings?: readonly string[]
}): PictureText {
  const data = images.flatMap((image, index) => {
    const comma = index === 0 ? '' : ','
    return 'bytes' in image ? [`${comma}{"b64_json":"`, image.bytes, '"}'] : [comma + JSON.stringify({ url: image.url })]
  })
  const rest = { ...factsOf(result.images[0], order), retouch: reportOf(result, order, warnings) }
  return pictureText([`{"created":${created},"data":[`, ...data, `],${JSON.stringify(rest).slice(1)}`])
}

const noUsage = { total_tokens: 0, input_tokens: 0, output_tokens: 0, input_tokens_details: { text_tokens: 0, image_tokens: 0 } }

/** One event for each image. OpenAI's schema wants a usage in them; of one that nobody knows, zeros. */
export function toEvents (result: EditResult, order: Pick<Order, 'wishes' | 'warnings'>, createdAt: number): Buffer[] {
  const type = 'image_edit.completed'
  const report = reportOf(result, order, [])
  return result.images.map(image => {
    const rest = { created_at: createdAt, ...factsOf(image, order), usage: noUsage, retouch: report }
    return pictureText([`event: ${type}\ndata: {"type":"${type}","b64_json":"`, image.bytes, `",${JSON.stringify(rest).slice(1)}\n\n`]).join()
  })
}

function factsOf (image: EditResult['images'][0], { wishes }: Pick<Order, 'wishes'>) {
  const { width, height, mediaType } = image
  return {
    background: hasAlpha(image) ? 'transparent' : 'opaque',
    output_format: mediaType.replace('image/', ''),
    size: `${width}x${height}`,
    quality: wishes.quality ?? 'auto'
  }
}

/** Everything that OpenAI's answer has no place for. */
function reportOf (result: EditResult, { wishes, warnings }: Pick<Order, 'wishes' | 'warnings'>, later: readonly string[]) {
  const lacksTransparency = wishes.background === 'transparent' && !hasAlpha(result.images[0])
  return {
    provider: result.provider,
    vendor: result.vendor,
    model: result.model,
    operation: result.operation,
    seed: result.seed,
    ...result.requested > 1 && { seeds: result.seeds, requested: result.requested, delivered: result.images.length },
    cost_usd: result.costUsd,
    duration_ms: Math.round(result.durationMs),
    attempts: wireAttempts(result.attempts),
    skipped: wireSkipped(result.skipped),
    adaptations: result.adaptations.map(({ kind, detail }) => ({ kind, detail })),
    emulation: result.emulation,
    preservation: wirePreservation(result.preservation),
    warnings: [
      ...warnings,
      ...result.warnings,
      ...lacksTransparency ? ['background: nothing in the result is transparent; remove_background is the operation for that'] : [],
      ...later
    ],
    vendor_request_id: result.vendorRequestId
  }
}
