import t from 'tap'
import { checkProvider } from '../../../core/check-provider.ts'
import { mediaTypes } from '../../../core/model-card.ts'
import { operations } from '../../../core/operations.ts'
import { cards } from '../../../plugins/local/cards.ts'

t.test('the cards keep the contract', async t => {
  t.doesNotThrow(() => checkProvider({ specificationVersion: 'v1', name: 'local', vendor: 'local', models: cards, submit () {} }))
})

t.test('each operation has one card of its name', async t => {
  for (const { id, operations: [operation, ...others] } of cards) {
    t.equal(id, `local-${operation.replaceAll('_', '-')}`)
    t.same(others, [])
  }
})

t.test('all is free of charge, in every format that the kernel hands over', async t => {
  for (const { price, inputs, tier } of cards) {
    t.same(price, { usd: 0 })
    t.same(inputs.formats, mediaTypes)
    t.equal(tier, 'budget')
  }
})

t.test('every input that an operation requires reaches it', async t => {
  for (const { id, operations: [operation], inputs } of cards) {
    for (const [name, use] of Object.entries(operations[operation].inputs)) {
      if (use !== 'required') continue
      if (name === 'mask') t.equal(inputs.mask, 'white-edits', id)
      else t.ok(inputs.accepts.some(accepted => accepted === name), `${id} takes ${name}`)
    }
  }
})
