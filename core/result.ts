import type { Adaptation } from './adaptation.ts'
import type { Billed, ErrorCode } from './errors.ts'
import type { MediaType } from './model-card.ts'
import type { Operation } from './operations.ts'
import type { Json } from './request.ts'

/** One call of one provider, as the trail reports it. */
export interface Attempt {
  readonly provider: string
  readonly model: string
  /** null = it succeeded. */
  readonly code: ErrorCode | null
  /** Why it failed, for people; null = it succeeded. */
  readonly message: string | null
  /** Duration, milliseconds. */
  readonly ms: number
  /** What it cost, USD; of one that may have been billed, the price. */
  readonly costUsd: number
  readonly billed: Billed
  /** It went on with a job that an earlier attempt had submitted. */
  readonly resumed: boolean
}

/** A job that was still running at its vendor when its request's time was up. */
export interface Leftover {
  readonly provider: string
  readonly model: string
  /** The provider's own, plain JSON. */
  readonly handle: { readonly [key: string]: Json }
  /** Of several calls of one model, which one, from 0; absent = the first. */
  readonly call?: number
}

/** Why a model was no candidate. */
export type RejectionReason =
  | 'operation' | 'mask' | 'images' | 'prompt' | 'background' | 'lighting' | 'expansion'
  | 'side' | 'pixels' | 'ratio' | 'bytes' | 'parameter' | 'price' | 'order' | 'unconfigured' | 'breaker' | 'billed'

export interface Rejection {
  readonly provider: string
  readonly model: string
  readonly reason: RejectionReason
  readonly message: string
}

/** A finished image, checked: it decodes and is of the type and size that it says. */
export interface EditedImage {
  readonly bytes: Buffer
  readonly mediaType: MediaType
  readonly width: number
  readonly height: number
}

/**
 * What a model left of the image's pixels. One is changed when a channel differs at all; by more than 2 of 255 levels, when
 * the result came in a lossy format or was scaled or converted to the image's size and colours. Counted before the
 * result is encoded: what a lossy output format does is not in it. Of an image of which only a part was sent, the pixels of that part
 * are counted: no model has seen the others, and they are as they were.
 */
export interface Preservation {
  /** The pixels that are counted: those outside the mask (of an outpainting, the image itself; of an emulated cut-out, the subject), or all where nothing is masked. */
  readonly of: 'unmasked' | 'all'
  /** Share of them that the model had changed, 0–1. */
  readonly before: number
  /** Share of them that is changed in the result: 0 when they were put back. */
  readonly after: number
}

/** The outcome of an edit, with its trail. */
export interface EditResult {
  readonly operation: Operation
  /** As many as were asked for, or fewer when some failed: `warnings` and `attempts` say why. */
  readonly images: readonly [EditedImage, ...EditedImage[]]
  /** Results that were asked for. */
  readonly requested: number
  readonly provider: string
  readonly vendor: string
  readonly model: string
  /** Of the first image. */
  readonly seed: number | null
  /** Of each image; null = the vendor does not tell. */
  readonly seeds: ReadonlyArray<number | null>
  /** USD, of all calls that were charged: the vendor's word where it gives one, else the model card's price. */
  readonly costUsd: number
  /** From the request's arrival in the kernel, milliseconds. */
  readonly durationMs: number
  readonly attempts: readonly Attempt[]
  readonly skipped: readonly Rejection[]
  readonly adaptations: readonly Adaptation[]
  /** How what the model does not do by itself was made up for, for people; null = it did what was asked for. */
  readonly emulation: string | null
  /** null = the result has another shape than the image, so nobody can tell, or nobody was to look; of several images, what holds for the most changed one. */
  readonly preservation: Preservation | null
  readonly warnings: readonly string[]
  readonly vendorRequestId: string | null
}
