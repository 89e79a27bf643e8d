import assert from 'node:assert/strict'
import { startFaultyVendor } from '../faulty-vendor.ts'
import { offersOf } from '../jobs.ts'
import { sampleOf } from '../observation.ts'
import type { Check } from '../options.ts'
import type { Look, Subject } from '../subject.ts'

const model = 'unlisted-maker/unlisted-model'

/** For providers that take model ids which no card lists. */
export function anyModelCheck (subject: Subject, look: Look): Check {
  return {
    name: 'asks its vendor for the model that was named, although no card lists it',
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const [{ card, operation }] = offersOf(look)
      const input = await sampleOf(subject, card, operation)
      const edit = await kernel.adapt({ ...input, route: { ...input.route, model } })
      await using vendor = await startFaultyVendor()
      vendor.fault = 'answers 404'
      kernel.wiretap.divert = { calls: 'all', url: vendor.url }
      await kernel.provider.submit(edit, kernel.context()).catch(() => {})
      assert.ok(vendor.requests.some(request => request.includes(model) || request.includes(encodeURIComponent(model))),
        `no request to its vendor names ${model}`)
    }
  }
}
