import type { ProviderListing } from '../../core/index.ts'

/** What `GET /health` answers. Without a provider that can be asked, the service lives but edits nothing. */
export function health (listings: readonly ProviderListing[]) {
  const count = (status: ProviderListing['status']) => listings.filter(listing => listing.status === status).length
  const ready = count('ready')
  return {
    status: ready > 0 ? 'healthy' : 'degraded',
    service: 'image_studio',
    modules: { edit_studio: ready > 0 ? 'available' : 'unavailable' },
    providers: { ready, unconfigured: count('unconfigured'), quarantined: count('quarantined') }
  }
}
