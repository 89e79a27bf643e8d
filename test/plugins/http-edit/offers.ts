import { configFrom } from '../../../core/config.ts'
import { createEdits, type Edits } from '../../../core/edits.ts'
import type { Offer } from '../../../core/index.ts'
import { ProviderRegistry } from '../../../core/registry.ts'
import { EditRouter } from '../../../core/router.ts'

/** The kernel as a face sees it, with these offers. */
export function editsWith (offers: readonly Offer[], inLine = offers): Edits {
  const registry = new ProviderRegistry()
  const { limits, order, deadlineMs } = configFrom({})
  const router = new EditRouter({ registry, limits, download: async () => Buffer.alloc(0), deadlineMs })
  return { ...createEdits({ registry, router, order: () => order, limits }), offers: operation => operation === undefined ? offers : inLine }
}
