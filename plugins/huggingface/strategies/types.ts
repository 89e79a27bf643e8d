import type { ProviderEdit, ProviderResult, Upstream } from '../../../core/index.ts'
import type { EditErrorClass } from '../errors.ts'
import type { Route } from '../mapping.ts'

/** A job at a provider: plain JSON, since it becomes part of a handle. */
export type Job = {
  readonly id: string
  /** Below the provider's place on the router. */
  readonly path: string
  readonly cancelPath: string
}

/** Where one call of a strategy has got to. */
export type Step =
  | { readonly state: 'done', readonly result: ProviderResult }
  | { readonly state: 'pending', readonly job: Job }

/** The wire format of one provider. */
export interface Strategy {
  submit (edit: ProviderEdit, route: Route, signal: AbortSignal): Promise<Step>
}

/** Of one that may answer later. */
export interface JobStrategy extends Strategy {
  poll (job: Job, signal: AbortSignal): Promise<Step>
  cancel? (job: Job, signal: AbortSignal): Promise<void>
}

export interface StrategyTools {
  readonly upstream: Upstream
  readonly EditError: EditErrorClass
  /** fal's queue, or its synchronous endpoint. */
  readonly falQueue: boolean
}
