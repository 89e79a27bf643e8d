import type { ProviderListing } from '../../core/index.ts'
import { maxResolution, priceRange } from './card-facts.ts'
import { capabilitiesOf } from './models.ts'

/**
 * What `GET /providers` answers: by name, with the keys that clients read first. What failed to load has no models to
 * describe and stands apart.
 */
export function listProviders (listings: readonly ProviderListing[]) {
  const loaded = listings.filter(({ status }) => status !== 'quarantined')
  const quarantined = listings.filter(({ status }) => status === 'quarantined')
  return {
    providers: Object.fromEntries(loaded.map(listing => [listing.name, providerItem(listing)])),
    total: loaded.length,
    quarantined: quarantined.map(({ name, reason }) => ({ name, reason }))
  }
}

function providerItem ({ name, vendor, status, reason, models }: ProviderListing) {
  const sides = models.flatMap(maxResolution)
  const side = Math.max(...sides)
  return {
    name,
    models: models.map(({ id }) => id),
    capabilities: [...new Set(models.flatMap(capabilitiesOf))],
    max_resolution: [side, side],
    cost_range: costRange(models.map(card => priceRange(card))),
    vendor,
    available: status === 'ready',
    status,
    reason
  }
}

function costRange (prices: ReadonlyArray<{ min: number, max: number }>): string {
  const min = Math.min(...prices.map(price => price.min))
  const max = Math.max(...prices.map(price => price.max))
  if (max === 0) return 'free'
  return min === max ? `$${min}` : `$${min}–$${max}`
}

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
