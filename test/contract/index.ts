import { conformanceChecks } from './checks/index.ts'
import type { ProviderTestOptions } from './options.ts'

export { conformanceChecks }
export type { Check, Options, Prepared, ProviderTestOptions, SampleInput, Scope } from './options.ts'

/** What the kit needs of a test runner: tap's `t` has it, and so has that of `node:test`. */
export interface Tester {
  test (name: string, run: () => Promise<void>): unknown
}

/**
 * The contract kit: holds a provider plugin against the contract of EditProvider v1, one test for each claim. What is tested
 * follows from the plugin's model cards: only what a card does not declare is left out.
 *
 *     import * as plugin from './index.js'
 *     test('acme-paint keeps the contract', t => testProvider(t, { plugin, options: { apiKey: 'a-key-for-tests' } }))
 */
export async function testProvider (t: Tester, options: ProviderTestOptions): Promise<void> {
  for (const { name, run } of await conformanceChecks(options)) await t.test(name, run)
}
