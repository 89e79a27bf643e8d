import t from 'tap'
import { dropInputs } from '../../core/drop.ts'
import { card, image, inputs, request } from './fixtures.ts'

const mask = { pixels: new Uint8Array(1), width: 1, height: 1 }

t.test('what the operation does not require and the model does not take is taken out, and named', async t => {
  const asked = request({ mask, images: [image(), image({ width: 1 }), image({ width: 2 })] })
  const { request: kept, lost } = dropInputs(asked, card({ inputs: inputs({ maxImages: 2 }) }))
  t.same(lost, ['mask', 'references'])
  t.same(kept.images.map(({ width }) => width), [640, 1])
  t.notOk('mask' in kept)
  t.equal(kept.prompt, 'a hat')
  t.ok('mask' in asked, 'the caller\'s request is left as it is')
})

t.test('what the model takes stays, and so does what the operation requires', async t => {
  t.same(dropInputs(request({ mask }), card({ inputs: inputs({ mask: 'white-edits' }) })).lost, [])
  t.same(dropInputs(request(), card({ inputs: inputs({ accepts: [] }) })).lost, [])
  t.same(dropInputs(request({ operation: 'relight', background: image(), lighting: image() }), card({ inputs: inputs({ accepts: ['lighting'] }) })).lost,
    ['prompt', 'background'])
})
