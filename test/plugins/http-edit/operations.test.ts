import t from 'tap'
import { operationNames, operations } from '../../../core/operations.ts'
import { listOperations } from '../../../plugins/http-edit/operations.ts'
import { card, offer } from '../../core/fixtures.ts'

const list = (offers: ReturnType<typeof offer>[]) => listOperations({ operationNames, operations, offers: () => offers }).operations

t.test('forms show the fields that deployed clients know for each operation', async t => {
  const shown = Object.entries(list([])).map(([name, { fields }]) => [name, Object.keys(fields).filter(field => fields[field])])
  t.same(Object.fromEntries(shown), {
    remove_background: [],
    inpaint: ['prompt', 'mask', 'negative_prompt'],
    outpaint: ['negative_prompt', 'expansion'],
    search_replace: ['prompt', 'mask', 'search_prompt'],
    search_recolor: ['prompt', 'mask', 'select_prompt'],
    relight: ['background', 'lighting'],
    general_edit: ['prompt', 'mask', 'negative_prompt'],
    erase: ['mask']
  })
})

t.test('an operation has the keys that clients read', async t => {
  const { relight, erase } = list([])
  t.equal(JSON.stringify(relight), JSON.stringify({
    label: 'Replace background and relight',
    description: 'Places the subject before another background and matches its light.',
    provider: null,
    async: true,
    fields: {
      prompt: false, mask: false, negative_prompt: false, search_prompt: false, select_prompt: false, background: true, lighting: true, expansion: false
    }
  }))
  t.equal(erase?.async, false)
})

t.test('the provider is the first that does the operation and can be asked, else the first that lacks its key', async t => {
  const other = offer({ provider: 'other', card: card({ operations: ['erase'] }) })
  const keyless = offer({ provider: 'keyless', unconfigured: 'no key' })
  t.equal(list([other, keyless, offer()]).general_edit?.provider, 'acme')
  t.equal(list([other, keyless]).general_edit?.provider, 'keyless')
  t.equal(list([other]).general_edit?.provider, null)
})
