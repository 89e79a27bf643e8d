import type { ProviderListing } from '../../core/index.ts'

/** What `GET /providers` answers: each provider with its state, and its breakers that are not closed. */
export function listProviders (listings: readonly ProviderListing[]) {
  return {
    providers: listings.map(({ troubles = [], ...listing }) => ({
      ...listing,
      breakers: troubles.map(({ model, operation, state, retryAfterMs, code }) =>
        ({ model, operation, state, retry_after_seconds: Math.ceil(retryAfterMs / 1000), code }))
    }))
  }
}
