import t from 'tap'
import { checkProvider } from '../../../core/check-provider.ts'
import { cards } from '../../../plugins/stability/cards.ts'
import { description } from '../../../plugins/stability/provider.ts'
import { endpoints } from '../../vendors/stability/endpoints.ts'

/** Card → endpoint of the emulator, which is written from the vendor's own description. */
const endpointOf = {
  'stability-inpaint': 'inpaint',
  'stability-erase': 'erase',
  'stability-outpaint': 'outpaint',
  'stability-search-replace': 'search-and-replace',
  'stability-search-recolor': 'search-and-recolor',
  'stability-remove-background': 'remove-background',
  'stability-relight': 'replace-background-and-relight'
}

t.test('every card keeps the contract, and there is one for each endpoint', async t => {
  t.doesNotThrow(() => checkProvider({ ...description, specificationVersion: 'v1', submit () {} }))
  t.same(cards.map(({ id }) => id), Object.keys(endpointOf))
  t.same(Object.values(endpointOf).toSorted(), Object.keys(endpoints).toSorted())
})

t.test('cards say of fields, ranges and prices what the vendor says', async t => {
  for (const [id, name] of Object.entries(endpointOf)) {
    const card = cards.find(card => card.id === id)
    const endpoint = endpoints[name]
    t.equal(card?.price.usd, (endpoint?.credits ?? NaN) / 100, id)
    const inputs = new Set(['prompt', 'search_prompt', 'select_prompt', 'background_prompt', 'left', 'right', 'up', 'down', 'output_format'])
    for (const [field, rule] of Object.entries(endpoint?.fields ?? {})) {
      const parameter = card?.parameters[field]
      if (rule.kind === 'image' || rule.kind === 'mask' || inputs.has(field)) t.equal(parameter, undefined, field)
      else if (rule.kind === 'number') {
        t.match(parameter, { type: rule.integer ? 'integer' : 'number', minimum: rule.min, maximum: rule.max, default: rule.default }, `${id} ${field}`)
      } else if (rule.kind === 'text') t.match(parameter, { type: 'string', maxLength: 10_000 }, `${id} ${field}`)
      else if (field === 'keep_original_background') t.equal(parameter?.type, 'boolean')
      else t.same(parameter?.values, rule.values, `${id} ${field}`)
    }
    t.same(Object.keys(card?.parameters ?? {}).filter(parameter => !Object.hasOwn(endpoint?.fields ?? {}, parameter)), [])
    t.same(card?.outputs.formats.map(format => format.replace('image/', '')).toSorted(), values(endpoint?.fields.output_format).toSorted())
    t.equal(card?.inputs.mask, Object.hasOwn(endpoint?.fields ?? {}, 'mask') ? 'white-edits' : 'none')
    t.equal(card?.outputs.size.rule === 'vendor', endpoint?.megapixels !== undefined || endpoint?.later === true)
    const picture = endpoint?.fields.image ?? endpoint?.fields.subject_image
    if (picture?.kind !== 'image') throw new TypeError(`${name} takes no image`)
    t.equal(card?.inputs.maxPixels, picture.maxPixels ?? 9_437_184)
    t.same([card?.inputs.minAspectRatio, card?.inputs.maxAspectRatio], picture.ratio ? [0.4, 2.5] : [undefined, undefined])
    t.ok((card?.inputs.maxRequestBytes ?? Infinity) + 3 * 30_000 < 10 * 1024 * 1024)
  }
})

function values (rule: unknown): string[] {
  return rule instanceof Object && 'values' in rule && Array.isArray(rule.values) ? rule.values : []
}
