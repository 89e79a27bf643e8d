import type { MediaType } from './model-card.ts'
import type { Size } from './request.ts'

/** How the result shall come. */
export interface OutputWish {
  /** Pixels outside the mask, or of an outpainting the image itself, are put back as they were sent. Absent: they are. */
  readonly preserveUnmasked?: boolean | undefined
  readonly format: MediaType
  /** 1–100, for lossy formats. */
  readonly quality?: number | undefined
  /** `input` (the default): the image's size, for an outpainting grown by the expansion; `model`: as the model makes it; or pixels. */
  readonly size?: 'input' | 'model' | Size | undefined
  /** What transparent parts are laid on: a colour as `#rgb` or `#rrggbb`, or `transparent`: they stay, in a format that has transparency. */
  readonly background?: string | undefined
  /** The input's title, author, copyright and date are kept. Without it the result has no metadata but its colour profile. */
  readonly keepMetadata?: boolean | undefined
}

/** Where the caller wants the edit done. Nothing named: the configured order. */
export interface RouteWish {
  /** A provider's name, or a vendor's: then any provider of that vendor. */
  readonly provider?: string
  /** A model's id. */
  readonly model?: string
  /** Who may be asked after what was named: the configured order (`auto`, the default), nobody, or this list of providers or `provider/model`. */
  readonly fallback?: 'auto' | 'none' | readonly string[]
  /** What sorts the candidates: the order (the default), price, measured speed, or tier and size. */
  readonly prefer?: 'order' | 'cost' | 'speed' | 'quality'
  /**
   * What to do where a model lacks something that was sent: `reject` it also for a parameter; `drop` also inputs that the
   * operation does not require; `emulate`: make up for an operation or an input in another way, and say so. Absent: inputs are
   * never dropped, parameters with a warning.
   */
  readonly unsupported?: 'reject' | 'drop' | 'emulate'
  /** Of the whole request, all attempts that may have been billed together, USD. */
  readonly maxCostUsd?: number
  /** May the next vendor be asked after an attempt that may have been billed? Absent: as the operator configured. */
  readonly afterMaybeBilled?: 'next' | 'stop'
}
