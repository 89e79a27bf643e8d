import type { EditInput, Operation } from '../../core/index.ts'

/**
 * What the kit has to know of a plugin beside its model cards. Which checks run is decided by the cards, by whether the plugin
 * has secrets, and by whether it calls a vendor; nothing here switches a check off.
 */
export interface ProviderTestOptions {
  /** The plugin's module (`import * as plugin from './index.js'`), or its default export when fastify-plugin wraps it. */
  readonly plugin: object
  /** Its options, complete: with these it registers as ready. They pass through its options schema as the operator's would. */
  readonly options?: Options
  /** Starts what a check needs, an emulator of the vendor say, and returns what only it knows. Called anew for every check. */
  readonly prepare?: (scope: Scope) => Prepared | Promise<Prepared>
  /** Values that must never be seen. Default: the text options whose names end in key, token, secret or password. */
  readonly secrets?: readonly string[]
  /** Options with which it must register as unconfigured. Default: `options` without the secrets; null = it needs none. */
  readonly unconfiguredOptions?: Options | null
  /** Instead of the kit's own inputs, by operation: where a provider understands only some prompts. */
  readonly samples?: Readonly<Partial<Record<Operation, SampleInput>>>
  /** Makes an edit slow enough to be aborted in the middle; only for providers that call no vendor. */
  readonly slow?: SampleInput
  /** Parameters that reach the vendor under another value (a percentage for a fraction, say). */
  readonly translated?: readonly string[]
  /** Relative difference that an aspect ratio may have. Default 0.02. */
  readonly ratioTolerance?: number
}

export type Options = Readonly<Record<string, unknown>>

/** Inputs of one edit; what is left out is the kit's. Images are encoded. */
export type SampleInput = Partial<Pick<EditInput,
  'images' | 'mask' | 'background' | 'lighting' | 'prompt' | 'searchPrompt' | 'selectPrompt' | 'expansion' | 'parameters'>>

export interface Scope {
  /** Runs when the check is over, the last one first. */
  after (close: () => unknown): void
}

export interface Prepared {
  /** Over those of `ProviderTestOptions`. */
  readonly options?: Options
}

/** One claim of the contract. `name` is a sentence about the provider; `run` rejects with an AssertionError when it is broken. */
export interface Check {
  readonly name: string
  run (): Promise<void>
}
