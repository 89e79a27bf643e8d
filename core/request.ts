import type { Adaptation } from './adaptation.ts'
import type { Billed, ErrorCode } from './errors.ts'
import type { MediaType } from './model-card.ts'
import type { Operation } from './operations.ts'
import type { OutputWish, RouteWish } from './wishes.ts'

export type { Adaptation } from './adaptation.ts'
export type { OutputWish, RouteWish } from './wishes.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** An encoded image that has been checked: the bytes decode, are upright (EXIF orientation applied) and of the type they say. */
export interface EditImage {
  /** Encoded bytes. Shared by all attempts: never written to. */
  readonly bytes: Buffer
  readonly mediaType: MediaType
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** It has an alpha channel (which may be opaque everywhere). */
  readonly alpha: boolean
  /** Name of the embedded colour profile, null for plain sRGB. */
  readonly profile: string | null
}

/** The canonical mask: one byte a pixel, row by row, of the first image's size. 255 = edit, 0 = keep, between = in part. */
export interface EditMask {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

/** Pixels to add on each side, integers from 0. */
export interface Expansion {
  readonly left: number
  readonly right: number
  readonly up: number
  readonly down: number
}

/**
 * What a face hands to the kernel: images as they came, decoded from their wire format but not checked.
 */
export interface EditInput {
  readonly operation: Operation
  /** The caller's own names of the inputs, so that an error names what the caller wrote. */
  readonly fields: InputFields
  readonly images: readonly Buffer[]
  readonly mask?: Buffer | undefined
  /** `alpha`: its transparent pixels are edited, and it must have an alpha channel. Default `auto`: white = edit, unless only its alpha can be meant. */
  readonly maskReading?: 'auto' | 'alpha' | undefined
  /** Pixels by which the masked region grows in every direction, from 0. */
  readonly maskGrow?: number | undefined
  /** Pixels to both sides of its edge over which the masked region fades out, from 0. */
  readonly maskFeather?: number | undefined
  readonly background?: Buffer | undefined
  readonly lighting?: Buffer | undefined
  readonly prompt?: string | undefined
  readonly searchPrompt?: string | undefined
  readonly selectPrompt?: string | undefined
  readonly expansion?: Expansion | undefined
  /** By the names that model cards use: seed, steps, negative_prompt, … */
  readonly parameters: Readonly<Record<string, Json>>
  readonly output: OutputWish
  readonly route: RouteWish
}

export interface InputFields {
  readonly image: string
  readonly mask: string
  readonly background: string
  readonly lighting: string
  readonly prompt: string
  readonly searchPrompt: string
  readonly selectPrompt: string
  readonly expansion: string
  /** Default: "output size" and "background". */
  readonly outputSize?: string
  readonly outputBackground?: string
}

/** Title, author, copyright and date: all of an image's metadata that tells nothing of where and with what it was taken. */
export type Credits = Readonly<Partial<Record<'IFD0' | 'IFD2', Readonly<Record<string, string>>>>>

/** The canonical request, frozen: every attempt starts from it. */
export interface EditRequest {
  readonly operation: Operation
  /** The image to edit, then references. */
  readonly images: readonly [EditImage, ...EditImage[]]
  readonly mask?: EditMask
  readonly background?: EditImage
  readonly lighting?: EditImage
  readonly prompt?: string
  readonly searchPrompt?: string
  readonly selectPrompt?: string
  readonly expansion?: Expansion
  readonly parameters: Readonly<Record<string, Json>>
  readonly output: OutputWish
  /** Of the first image, where the request wants them kept: EXIF tags by the names that sharp has for them. */
  readonly credits?: Credits
  readonly route: RouteWish
  /** What was done to the input on its way in, as sentences for the caller. */
  readonly warnings: readonly string[]
}

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
 * result is encoded: what a lossy output format does is not in it.
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
  readonly images: readonly [EditedImage, ...EditedImage[]]
  readonly provider: string
  readonly vendor: string
  readonly model: string
  readonly seed: number | null
  /** USD: the vendor's word where it gives one, else the model card's price. */
  readonly costUsd: number
  /** From the request's arrival in the kernel, milliseconds. */
  readonly durationMs: number
  readonly attempts: readonly Attempt[]
  readonly skipped: readonly Rejection[]
  readonly adaptations: readonly Adaptation[]
  /** How what the model does not do by itself was made up for, for people; null = it did what was asked for. */
  readonly emulation: string | null
  /** null = the result has another shape than the image, so nobody can tell; of several images, what holds for the most changed one. */
  readonly preservation: Preservation | null
  readonly warnings: readonly string[]
  readonly vendorRequestId: string | null
}
