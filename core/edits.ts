import { decodeBase64, encodeDataUrl } from './imaging/base64.ts'
import type { ImageLimits } from './imaging/limits.ts'
import { operationNames, operations, type Operation, type OperationInfo } from './operations.ts'
import { rank, type Order } from './order.ts'
import { plan } from './planner.ts'
import { prepareRequest } from './prepare.ts'
import type { Offer, ProviderListing, ProviderRegistry } from './registry.ts'
import type { EditInput, EditResult } from './request.ts'
import type { EditRouter, RunOptions } from './router.ts'

/** What an HTTP face needs of the kernel, at `app.edits`. */
export interface Edits {
  /**
   * One edit from door to door.
   * @throws {EditError} of the table, with the trail once a plan was made
   * @throws the signal's reason when the caller has gone
   */
  run (input: EditInput, options: RunOptions): Promise<EditResult>
  /** Every model of every registered provider, first choice first for the operation when one is given. */
  offers (operation?: Operation): readonly Offer[]
  /** Every provider with its state, the quarantined ones too. */
  providers (): readonly ProviderListing[]
  readonly operations: Readonly<Record<Operation, OperationInfo>>
  readonly operationNames: readonly Operation[]
  /** Largest request body, bytes. */
  readonly bodyBytes: number
  /** Strict base64 or a data URL → bytes. Throws EDIT_ERR_IMAGE_INVALID with the field and the position. */
  decodeBase64 (text: string | Buffer, field: string): Buffer
  encodeDataUrl: typeof encodeDataUrl
}

export interface EditsOptions {
  readonly registry: ProviderRegistry
  readonly router: EditRouter
  readonly order: Order
  readonly limits: ImageLimits & { readonly bodyBytes: number }
}

export function createEdits ({ registry, router, order, limits }: EditsOptions): Edits {
  return {
    async run (input, options) {
      const request = await prepareRequest(input, limits)
      options.signal.throwIfAborted()
      return await router.run(request, plan(request, registry.offers(), order), options)
    },
    offers: operation => {
      const offers = registry.offers()
      if (operation === undefined) return offers
      return rank(offers, order, operation, {}).filter(({ place }) => place !== 'excluded').map(({ offer }) => offer)
    },
    providers: () => registry.list(),
    operations,
    operationNames,
    bodyBytes: limits.bodyBytes,
    decodeBase64,
    encodeDataUrl
  }
}
