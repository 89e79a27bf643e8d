import type { MediaType } from './model-card.ts'
import type { Operation } from './operations.ts'
import type { OutputWish, RouteWish } from './wishes.ts'

export type { Adaptation } from './adaptation.ts'
export type * from './result.ts'
export type { OutputWish, RouteWish } from './wishes.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle of an image, pixels. */
export interface Region extends Size {
  readonly left: number
  readonly top: number
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
  /** What holds everything above 0, no larger than it must be. Absent: nobody has looked. */
  readonly box?: Region
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
  /** Results to make, 1–10; default 1. */
  readonly count?: number | undefined
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
  /** Of each image, where they are not all called `image`. */
  readonly images?: readonly string[]
  /** Default: "count". */
  readonly count?: string
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
  /** Results to make, from 1. */
  readonly count: number
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
