/** A provider that gives back what it gets after half a second, as a vendor would that is not the bottleneck. */
import { setTimeout as delay } from 'node:timers/promises'

export const meta = { name: 'slow-echo' }

const formats = ['image/png', 'image/jpeg']
const card = {
  id: 'slow-echo',
  name: 'Slow Echo',
  description: 'Gives back what it gets, after half a second.',
  tier: 'budget',
  operations: ['general_edit'],
  capabilities: [],
  inputs: { formats, accepts: ['prompt'], mask: 'none', maxImages: 1 },
  outputs: { formats, size: { rule: 'input' }, alpha: true },
  parameters: {},
  price: { usd: 0 },
  expectedSeconds: 0.5
}

export default async function slowEcho (app) {
  app.providers.register({
    specificationVersion: 'v1',
    name: 'slow-echo',
    vendor: 'slow-echo',
    models: [card],
    maxConcurrent: 64,
    async submit ({ images: [{ bytes }] }, { signal }) {
      await delay(500, undefined, { signal })
      return { state: 'done', result: { images: [{ bytes }] } }
    }
  })
}
