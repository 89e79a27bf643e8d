import { refuseAddresses, type FetchImages } from './image-urls.ts'
import { decodeBase64 } from './imaging/base64.ts'
import { readBase64, type Base64Reader, type ByteRoom } from './imaging/base64-reader.ts'
import type { ImageLimits } from './imaging/limits.ts'
import { createMemoryStore, type IdempotencyStore } from './idempotency.ts'
import { openLoan, type Loan } from './loan.ts'
import type { BlockPool } from './block-pool.ts'
import { createKeyedRuns, type KeyOptions, type Outcome } from './keyed.ts'
import { operationNames, operations, type Operation, type OperationInfo } from './operations.ts'
import { rank, type Order } from './order.ts'
import { plan, type Plan } from './planner.ts'
import { prepareRequest } from './prepare.ts'
import type { Offer, ProviderListing, ProviderRegistry } from './registry.ts'
import type { EditResult } from './request.ts'
import type { EditRouter, RunOptions } from './router.ts'
import type { SentInput } from './sent-pictures.ts'

/** What an HTTP face needs of the kernel, at `app.edits`. */
export interface Edits {
  /**
   * One edit from door to door.
   * @throws {EditError} of the table, with the trail once a plan was made
   * @throws the signal's reason when the caller has gone
   */
  run (input: SentInput, options: RunOptions & KeyOptions): Promise<EditResult>
  /** What `run` would do: every candidate and every rejection. Asks no vendor and spends nothing. Throws as `run` does. */
  plan (input: SentInput, options?: PlanOptions): Promise<Plan>
  /** Edits under way, also those whose callers have left. */
  running (): number
  /** Every model of every registered provider, first choice first for the operation when one is given. */
  offers (operation?: Operation): readonly Offer[]
  /** Every provider with its state, the quarantined ones too. */
  providers (): readonly ProviderListing[]
  readonly operations: Readonly<Record<Operation, OperationInfo>>
  readonly operationNames: readonly Operation[]
  /** Largest request body, bytes. */
  readonly bodyBytes: number
  /** Memory for the large pieces of one request. */
  openLoan (): Loan
  /** Strict base64 or a data URL → bytes. Throws EDIT_ERR_IMAGE_INVALID with the field and the position. */
  decodeBase64 (text: string | Buffer, field: string): Buffer
  /** The same in pieces, for bodies that are read as they come in. */
  readBase64 (room: ByteRoom): Base64Reader
  /** Pictures of which a caller has sent some by their addresses. */
  fetchImages: FetchImages
}

export type PlanOptions = Partial<Pick<RunOptions, 'signal' | 'memory'>>

export interface EditsOptions {
  readonly registry: ProviderRegistry
  readonly router: EditRouter
  /** As it is now: the operator may change it while the service runs. */
  readonly order: () => Order
  readonly limits: ImageLimits & { readonly bodyBytes: number }
  /** Default: in memory. */
  readonly store?: IdempotencyStore<Outcome>
  /** Memory that serves one request after the other. Default: each has its own. */
  readonly blocks?: BlockPool
  /** Default: none is fetched. */
  readonly fetchImages?: FetchImages
}

const defaultStore = { ttlMs: 86_400_000, maxBytes: 256 * 1024 * 1024 }

export function createEdits ({ registry, router, order, limits, store = createMemoryStore(defaultStore), blocks, fetchImages = refuseAddresses }: EditsOptions): Edits {
  const planFor = async (input: SentInput, { signal = new AbortController().signal, memory }: PlanOptions) => {
    const request = await prepareRequest(input, limits, async pictures => {
      // It may name somebody who is not known.
      rank(registry.offers(), order(), input.operation, input.route)
      return await (memory?.fetchImages ?? fetchImages)(pictures, { signal })
    })
    return { request, plan: plan(request, registry.offers(), order(), router.health) }
  }
  let running = 0
  return {
    run: createKeyedRuns(store, async (input, options) => {
      running++
      const startedAt = performance.now()
      const end = options.memory?.use()
      try {
        const { request, plan: made } = await planFor(input, options)
        return await router.run(request, made, { ...options, startedAt })
      } finally {
        running--
        end?.()
      }
    }),
    plan: async (input, options = {}) => (await planFor(input, options)).plan,
    running: () => running,
    offers: operation => {
      const offers = registry.offers()
      if (operation === undefined) return offers
      return rank(offers, order(), operation, {}).filter(({ excluded }) => excluded === null).map(({ offer }) => offer)
    },
    providers: () => registry.list().map(listing => ({ ...listing, troubles: router.health.troubles(listing.name) })),
    operations,
    operationNames,
    bodyBytes: limits.bodyBytes,
    openLoan: () => openLoan(blocks),
    decodeBase64,
    readBase64,
    fetchImages
  }
}
