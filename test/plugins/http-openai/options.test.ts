import t from 'tap'
import { spreadOptions, typedOptions } from '../../../plugins/http-openai/options.ts'
import { card, offer } from '../../core/fixtures.ts'

const isField = (name: string) => ['seed', 'search_prompt'].includes(name)

t.test('fields of this API are taken out of the options, the rest are parameters of models', async t => {
  t.same(spreadOptions({ prompt: 'a', provider_options: { search_prompt: 'cat', grow_mask: '3', nothing: '' }, options: { seed: 5, glitter: true } }, isField), {
    fields: { prompt: 'a', search_prompt: 'cat', seed: 5 }, options: { grow_mask: '3', glitter: true }
  })
  t.same(spreadOptions({ provider_options: '', options: null }, isField), { fields: {}, options: {} })
})

t.test('what is given twice is refused, and so are options that are none', async t => {
  t.throws(() => spreadOptions({ seed: 1, provider_options: { seed: 1 } }, isField), { param: 'provider_options.seed', code: 'invalid_value' })
  t.throws(() => spreadOptions({ provider_options: { a: 1 }, options: { a: 1 } }, isField), { param: 'options.a', code: 'invalid_value' })
  for (const options of ['x', 5, ['a'], { bytes: () => Buffer.alloc(0) }]) {
    t.throws(() => spreadOptions({ options }, isField), { param: 'options', code: 'invalid_type' })
  }
})

t.test('text becomes what the models\' cards say that the parameter is', async t => {
  const rule = (type: 'integer' | 'number' | 'string' | 'boolean') => ({ type, description: 'A knob.' })
  const offers = [
    offer({ card: card({ parameters: { count: rule('integer'), strength: rule('number'), tile: rule('boolean'), style: rule('string'), mixed: rule('integer') } }) }),
    offer({ card: card({ parameters: { mixed: rule('string') } }) })
  ]
  t.same(typedOptions({ count: '3', strength: '0.5', tile: 'true', style: '5', mixed: '5', unknown: '5' }, offers),
    { count: 3, strength: 0.5, tile: true, style: '5', mixed: '5', unknown: '5' })
  t.same(typedOptions({ tile: 'false', count: 4, list: ['1', 2], deep: { a: [true] } }, offers), { tile: false, count: 4, list: ['1', 2], deep: { a: [true] } })
  t.throws(() => typedOptions({ count: 'many' }, offers), { param: 'count', code: 'invalid_type', message: /expected integer, but got 'many'/ })
  t.throws(() => typedOptions({ tile: '1' }, offers), { param: 'tile', message: /expected boolean/ })
  t.throws(() => typedOptions({ count: { bytes: () => Buffer.alloc(0) } }, offers), { param: 'count', message: /takes no file/ })
})
