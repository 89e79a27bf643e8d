import t from 'tap'
import { checkProvider, freezeDeep } from '../../core/check-provider.ts'
import { card, inputs, provider } from './fixtures.ts'

t.test('a provider that keeps the contract passes', async t => {
  t.doesNotThrow(() => checkProvider(provider({
    anyModel: true, keepsNoBytes: true, priority: 1, account: 'a', maxConcurrent: 2, poll: async () => ({ state: 'done', result: { images: [{ url: 'https://example.org/a.png' }] } }), cancel: async () => {}, recover: async () => null
  })))
})

const breaches: Array<[string, unknown, RegExp]> = [
  ['no object', 'acme', /it is no object/],
  ['null', null, /it is no object/],
  ['another version', { ...provider(), specificationVersion: 'v2' }, /specificationVersion must be "v1"/],
  ['a name with capitals', provider({ name: 'Acme' }), /name must be kebab-case/],
  ['no vendor', { ...provider(), vendor: undefined }, /vendor must be kebab-case/],
  ['no submit', { ...provider(), submit: 1 }, /submit must be a function/],
  ['a poll that is no function', { ...provider(), poll: {} }, /poll must be a function or absent/],
  ['anyModel as text', { ...provider(), anyModel: 'yes' }, /anyModel must be a boolean/],
  ['keepsNoBytes as text', { ...provider(), keepsNoBytes: 'yes' }, /keepsNoBytes must be a boolean/],
  ['an endless priority', provider({ priority: Infinity }), /priority must be a number/],
  ['account as a number', { ...provider(), account: 7 }, /account must be a string/],
  ['no calls at once', provider({ maxConcurrent: 0 }), /maxConcurrent must be an integer from 1/],
  ['no models', { ...provider(), models: [] }, /models must hold at least one card/],
  ['models that are no list', { ...provider(), models: {} }, /models must hold at least one card/],
  ['a card with an unknown key', { ...provider(), models: [{ ...card(), colour: 'red' }] }, /models\[0\]\.colour is not known/],
  ['two cards of one id', provider({ models: [card(), card()] }), /the id paint stands on another card already/],
  ['sides that cross', provider({ models: [card({ inputs: inputs({ minSide: 9, maxSide: 8 }) })] }), /side has its minimum above its maximum/],
  ['output sides that cross', provider({
    models: [card({ outputs: { formats: ['image/png'], alpha: false, size: { rule: 'exact', minSide: 2, maxSide: 1 } } })]
  }), /output side has its minimum above/],
  ['a parameter whose range crosses', provider({
    models: [card({ parameters: { steps: { type: 'integer', description: 'x', minimum: 2, maximum: 1 } } })]
  }), /parameter steps has its minimum above/],
  ['a price for no resolution', provider({ models: [card({ price: { usd: 1, byResolution: { '8k': 2 } } })] }), /a price for the resolution 8k/],
  ['a price for another resolution', provider({
    models: [card({
      price: { usd: 1, byResolution: { '8k': 2 } },
      outputs: { formats: ['image/png'], alpha: false, size: { rule: 'ratio', ratios: ['1:1'], resolutions: { '4k': 4096 } } }
    })]
  }), /a price for the resolution 8k/]
]

for (const [title, candidate, expected] of breaches) {
  t.test(`refuses ${title}`, async t => { t.throws(() => checkProvider(candidate), { name: 'TypeError', message: expected }) })
}

t.test('freezes data all the way down, also what is half frozen', async t => {
  const inner = { list: [{ deep: 1 }] }
  const frozen = freezeDeep({ inner, done: Object.freeze({ x: 1 }), nothing: null })
  t.ok(Object.isFrozen(frozen.inner.list[0]))
})
