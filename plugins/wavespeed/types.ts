import type { Base64Value, ModelCard, ProviderEdit } from '../../core/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For plugins that offer models of WaveSpeed AI. */
    wavespeed: Wavespeed
  }
}

/** The account at WaveSpeed AI: key, address, connections and all that its models have in common. */
export interface Wavespeed {
  /**
   * Registers a provider, or lists it as unconfigured while there is no key.
   * @throws {TypeError} when a card breaks the contract or the name is taken
   */
  register (provider: WavespeedProvider): void
}

export interface WavespeedProvider {
  /** The plugin's name. */
  readonly name: string
  /** Place in the order when the operator configures none. Default: the kernel's. */
  readonly priority?: number
  readonly models: readonly [WavespeedModel, ...WavespeedModel[]]
}

export interface WavespeedModel {
  /** The vendor's id of the model, e.g. `google/nano-banana-pro/edit-ultra`. */
  readonly path: string
  readonly card: ModelCard
  /**
   * The answer to the call is to bring the result (`enable_sync_mode`): saves a poll with models that take seconds. One that
   * takes longer than the vendor waits is polled for; but while the call is open its task has no id, so that a task whose
   * answer is lost can only be found by `recover`.
   */
  readonly waits: boolean
  /** The fields of the model's body but `enable_sync_mode` and `enable_base64_output`. Absent ones are undefined. */
  readonly inputs: (edit: ProviderEdit, sent: SentImages) => Readonly<Record<string, unknown>>
}

/** A picture as it stands in a body: a data URI, or the address of its upload. */
export type SentImage = Base64Value | string

export interface SentImages {
  /** The picture to edit, then references. */
  readonly images: readonly [SentImage, ...SentImage[]]
  readonly mask?: SentImage
}
