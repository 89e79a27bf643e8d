import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { offersOf } from '../jobs.ts'
import { sampleOf } from '../observation.ts'
import type { Check, ProviderTestOptions } from '../options.ts'
import { createSubject, secretNames, type Look, type Subject } from '../subject.ts'

/** What every plugin must pass before anything else can be asked of it. */
export function registrationChecks (test: ProviderTestOptions): Check[] {
  return [{
    name: 'the plugin has metadata with a name',
    async run () {
      createSubject(test)
    }
  }, {
    name: 'it registers one provider that fits the contract, under the name of the plugin',
    async run () {
      const { module, setUp } = createSubject(test)
      await using setup = await setUp()
      const { listings } = await setup.open()
      assert.deepEqual(listings.map(({ name }) => name), [module.name])
      const [{ status, reason }] = listings
      assert.equal(status, 'ready', `with the options of the test it is ${status}: ${reason}`)
    }
  }]
}

export function listingChecks (subject: Subject, look: Look): Check[] {
  const { test, module, setUp } = subject
  const { cards, secrets } = look
  const without = test.unconfiguredOptions
  return [{
    name: 'its cards are plain data and stay as they were registered',
    async run () {
      await using setup = await setUp()
      const kernel = await setup.open()
      const [{ models }] = kernel.listings
      assert.deepEqual(JSON.parse(JSON.stringify(models)), models, 'JSON does not give back what they hold')
      const [{ card, operation }] = offersOf(look)
      // How it ends is for other checks.
      await kernel.run(await sampleOf(subject, card, operation)).catch(() => {})
      assert.deepEqual(kernel.provider.models, models, 'they have changed since')
    }
  }, ...(without === undefined ? secrets.length > 0 : without !== null)
    ? [{
        name: 'without its key it is listed as unconfigured, with a reason and all its cards',
        async run () {
          await using setup = await setUp()
          const options = without ?? Object.fromEntries(Object.entries(setup.options).filter(([name]) => !secretNames(setup.options).includes(name)))
          const { listings } = await setup.open(options)
          assert.deepEqual(listings.map(({ name, status }) => ({ name, status })), [{ name: module.name, status: 'unconfigured' }])
          const [{ reason, models }] = listings
          assert.ok(reason, 'the reason is empty: it must say which option is missing')
          // No diff: a card may hold what must not be shown.
          assert.ok(isDeepStrictEqual(models, cards), 'its cards are not those that it has with its key')
        }
      }]
    : []]
}
