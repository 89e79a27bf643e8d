import type { FastifyBaseLogger } from 'fastify'
import type { MediaType, ModelCard } from './model-card.ts'
import type { Operation } from './operations.ts'
import type { Expansion, Json } from './request.ts'

/**
 * EditProvider v1: what a provider plugin implements and hands to `app.providers.register(…)`.
 *
 * The provider maps wires; the kernel owns time. `submit`, `poll` and `cancel` make the calls of one step each; no loop,
 * sleep, retry or fallback lives in a provider. The kernel has validated and converted everything in a `ProviderEdit`:
 * a provider never checks a length or decodes an image.
 *
 * All three throw `app.EditError` for what the table of errors knows. Anything else that is thrown counts as
 * EDIT_ERR_PROVIDER_RESPONSE. When `context.signal` aborts they reject with its reason within 100 ms.
 */
export interface EditProvider {
  readonly specificationVersion: 'v1'
  /** The plugin's name, kebab-case, unique: what the order and callers name. */
  readonly name: string
  /** Who runs the models, kebab-case. One vendor may have several providers; a request may name either. */
  readonly vendor: string
  /** What the provider can do. At least one card; the first is its default. Read once, at registration. */
  readonly models: readonly [ModelCard, ...ModelCard[]]
  /** It also takes model ids that no card lists; such an id is planned with the first card's limits. */
  readonly anyModel?: boolean
  /** Place in the order when the operator configures none: lower goes first, from 0. Default 100. */
  readonly priority?: number
  /** Providers of one account share its limits. A label for logs, never a key. Default: the provider's name. */
  readonly account?: string
  /** Calls that may be in flight at once, from 1. Default: the operator's setting. */
  readonly maxConcurrent?: number
  /**
   * true = it reads an edit's images and a vendor's answers in `submit`, `poll` and `recover` only, and not beyond their end; it gives them
   * to nobody but the kernel's upstream; and what it gives back as a result is nobody else's. The kernel may then use their memory again,
   * which makes large edits much cheaper: a Buffer that was kept all the same is empty then. Default: it is left to the garbage collector.
   */
  readonly keepsNoBytes?: boolean

  /** Starts one edit. Called once per attempt: a paid call is never repeated. */
  submit (edit: ProviderEdit, context: EditContext): Promise<Submission>
  /** Asks once how a job is. Required when `submit` can answer `pending`. Free of charge, so the kernel may repeat it. */
  poll? (handle: JobHandle, context: EditContext): Promise<Submission>
  /** Asks the vendor to stop a job; called when the caller is gone or another candidate won. Its failure is only logged. */
  cancel? (handle: JobHandle, context: EditContext): Promise<void>
  /**
   * Looks for the job of a `submit` whose answer was lost after it had been sent. Called at most once, free of charge.
   * null = not found, or not surely this one.
   */
  recover? (edit: ProviderEdit, context: RecoverContext): Promise<Submission | null>
}

/** Identifies a job at the vendor: plain JSON, at most 4 kB, no key in it. The kernel may store it and resume in another process. */
export type JobHandle = { readonly [key: string]: Json }

export type Submission =
  | { readonly state: 'done', readonly result: ProviderResult }
  | {
    readonly state: 'pending'
    readonly handle: JobHandle
    /** Shortest time until the next poll, milliseconds, from 1. */
    readonly pollAfterMs: number
    /** 0–1, when the vendor tells. */
    readonly progress?: number
  }

/** A request adapted to one model card. Immutable. */
export interface ProviderEdit {
  readonly operation: Operation
  /** The id that the caller or the plan named: a card's, or any id when the provider says `anyModel`. */
  readonly model: string
  readonly card: ModelCard
  /** The image to edit, then references: in a format, size and number that the card allows. */
  readonly images: readonly [EncodedImage, ...EncodedImage[]]
  /** In the card's dialect, a PNG of the first image's size. Present only when the card takes masks. */
  readonly mask?: EncodedImage
  /** Results to ask for in this call; absent = one. Never more than the card's `outputs.maxImages`: several calls make the rest. */
  readonly count?: number
  readonly background?: EncodedImage
  readonly lighting?: EncodedImage
  readonly prompt?: string
  readonly searchPrompt?: string
  readonly selectPrompt?: string
  readonly expansion?: Expansion
  /** Only names that the card lists, within its ranges. */
  readonly parameters: Readonly<Record<string, Json>>
  readonly output: ProviderOutput
}

export interface EncodedImage {
  /** Shared between attempts: never written to. */
  readonly bytes: Buffer
  readonly mediaType: MediaType
  readonly width: number
  readonly height: number
}

/** What to ask the vendor for; each field only where the card's size rule has it. */
export interface ProviderOutput {
  /** One of the card's output formats. */
  readonly format: MediaType
  /** Rule `exact`, pixels. */
  readonly width?: number
  readonly height?: number
  /** Rule `ratio`: one of its ratios, and one of its resolutions. */
  readonly aspectRatio?: string
  readonly resolution?: string
}

export interface EditContext {
  /** Aborts when the attempt's time is up or the caller has gone. Goes down every call. */
  readonly signal: AbortSignal
  /** Carries provider, model and operation. Never log image bytes, prompts or keys. */
  readonly log: FastifyBaseLogger
  /** When the attempt ends, milliseconds since the epoch. */
  readonly deadlineAt: number
  /** Identifies the attempt on this side, for a vendor's reference field. */
  readonly attemptId: string
}

export interface RecoverContext extends EditContext {
  /** When the lost `submit` began, milliseconds since the epoch. */
  readonly submittedAt: number
}

export interface ProviderResult {
  /** At least one. Bytes, or a URL that the kernel downloads without credentials, size-bounded, public addresses only. */
  readonly images: readonly [ResultImage, ...ResultImage[]]
  readonly seed?: number
  /** USD for the whole call, only when the vendor says it. */
  readonly costUsd?: number
  /** Sentences for the caller. */
  readonly warnings?: readonly string[]
  /** The id that the vendor's support asks for. */
  readonly vendorRequestId?: string
}

/** The kernel sniffs the true type: a declared one is never trusted, so there is none here. */
export type ResultImage = ({ readonly bytes: Uint8Array } | { readonly url: string }) & {
  /**
   * The vendor says of this picture that its content policy made it blurred, black or unfit to be shown. The kernel then makes an
   * EDIT_ERR_CONTENT_REJECTED of it; a provider that knows whether such a picture is billed throws that itself.
   */
  readonly moderated?: boolean
}
