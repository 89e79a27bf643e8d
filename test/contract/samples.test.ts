import fc from 'fast-check'
import t from 'tap'
import { fit } from '../../core/fit.ts'
import { defaultImageLimits } from '../../core/imaging/index.ts'
import type { ModelCard } from '../../core/index.ts'
import { operationNames, operations } from '../../core/operations.ts'
import { prepareRequest } from '../../core/prepare.ts'
import { difference } from './image-facts.ts'
import { sampleInput } from './samples.ts'

const everything: ModelCard = {
  id: 'everything',
  name: 'Everything',
  description: 'Takes all there is.',
  tier: 'budget',
  operations: [...operationNames],
  capabilities: [],
  inputs: {
    formats: ['image/png'],
    accepts: ['prompt', 'search_prompt', 'select_prompt', 'background', 'lighting', 'expansion'],
    mask: 'white-edits',
    maxImages: 3
  },
  outputs: { formats: ['image/jpeg', 'image/webp'], size: { rule: 'input' }, alpha: false },
  parameters: {},
  price: { usd: 0 },
  expectedSeconds: 1
}

const withInputs = (inputs: Partial<ModelCard['inputs']>): ModelCard => ({ ...everything, inputs: { ...everything.inputs, ...inputs } })

t.test('a sample has every input that its operation knows and the card accepts', async t => {
  for (const operation of operationNames) {
    const input = await sampleInput('acme', everything, operation, 'first')
    const used = operations[operation].inputs
    t.equal(input.mask !== undefined, used.mask !== undefined, `${operation}: mask`)
    t.equal(input.prompt !== undefined, used.prompt !== undefined, `${operation}: prompt`)
    t.equal(input.background !== undefined, used.background !== undefined, `${operation}: background`)
    t.equal(input.images.length, used.references === undefined ? 1 : 2, `${operation}: images`)
    t.equal(input.output.format, 'image/jpeg')
  }
})

t.test('the second sample of an operation has the same inputs as the first, and other bytes', async t => {
  const [first, second] = [await sampleInput('acme', everything, 'relight', 'first'), await sampleInput('acme', everything, 'relight', 'second')]
  t.same(Object.keys(second), Object.keys(first))
  for (const name of ['background', 'lighting'] as const) t.notSame(second[name], first[name], name)
})

t.test('a sample has no input that the card does not accept', async t => {
  const input = await sampleInput('acme', withInputs({ accepts: [], mask: 'none', maxImages: 1 }), 'inpaint', 'first')
  t.equal(input.prompt, undefined)
  t.equal(input.mask, undefined)
  t.equal(input.images.length, 1)
})

t.test('an expansion keeps to the card\'s longest', async t => {
  const { expansion } = await sampleInput('acme', withInputs({ maxExpansion: 10 }), 'outpaint', 'first')
  t.same(expansion, { left: 10, right: 10, up: 8, down: 10 })
})

t.test('parameters get legal values that are not their defaults', async t => {
  const parameters: ModelCard['parameters'] = {
    free: { type: 'string', description: 'Text.', maxLength: 5 },
    chosen: { type: 'string', description: 'One of three.', values: ['a', 'b', 'c'], default: 'a' },
    only: { type: 'string', description: 'The only one.', values: ['a'], default: 'a' },
    flag: { type: 'boolean', description: 'A switch.', default: true },
    unset: { type: 'boolean', description: 'A switch.' },
    whole: { type: 'integer', description: 'A number.', minimum: 10, maximum: 11 },
    part: { type: 'number', description: 'A number.', minimum: -1, maximum: 1 },
    open: { type: 'integer', description: 'A number.' }
  }
  const card = { ...everything, parameters }
  const input = await sampleInput('acme', card, 'erase', 'first')
  t.same(input.parameters, { free: 'a fra', chosen: 'b', only: 'a', flag: false, unset: true, whole: 11, part: -0.5, open: 25 })
  t.notHas(fit(await prepareRequest(input, defaultImageLimits), card), { reason: 'parameter' })
})

t.test('the test\'s own inputs take the place of the kit\'s', async t => {
  const input = await sampleInput('acme', everything, 'general_edit', 'first', { prompt: 'Mirror it' })
  t.equal(input.prompt, 'Mirror it')
})

t.test('both samples fit whatever limits a card has, and differ', async t => {
  const limits = fc.record({
    minSide: fc.integer({ min: 1, max: 300 }),
    room: fc.integer({ min: 0, max: 400 }),
    ratio: fc.constantFrom([0.1, 10], [0.4, 2.5], [1, 1], [1.5, 3], [0.2, 0.5])
  })
  await fc.assert(fc.asyncProperty(limits, async ({ minSide, room, ratio: [minAspectRatio, maxAspectRatio] }) => {
    // Whatever ratio is legal, some size of it is.
    const maxSide = Math.ceil(minSide * Math.max(1 / maxAspectRatio, maxAspectRatio, 1 / minAspectRatio, 1)) + room
    const card = withInputs({ minSide, maxSide, minAspectRatio, maxAspectRatio, minPixels: minSide * minSide, maxPixels: maxSide * maxSide })
    const samples = [await sampleInput('acme', card, 'general_edit', 'first'), await sampleInput('acme', card, 'general_edit', 'second')]
    for (const sample of samples) {
      const fitted = fit(await prepareRequest(sample, defaultImageLimits), card)
      if ('reason' in fitted) throw new Error(fitted.message)
    }
    if (await difference(samples[0].images[0], samples[1].images[0]) < 2) throw new Error('they look the same')
  }), { numRuns: 40 })
  t.pass()
})
