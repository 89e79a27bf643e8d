import t from 'tap'
import { fitGeometry } from '../../core/fit-geometry.ts'
import type { ModelCard } from '../../core/model-card.ts'
import type { EditRequest } from '../../core/request.ts'
import { card, image, inputs, request } from './fixtures.ts'

const sized = (width: number, height: number) => image({ width, height })
const ratios: ModelCard['outputs'] = {
  formats: ['image/png'], alpha: false, size: { rule: 'ratio', ratios: ['1:1', '3:2', '21:9'], resolutions: { '4k': 4096, '8k': 8192 } }
}
const exact: ModelCard['outputs'] = { formats: ['image/png'], alpha: false, size: { rule: 'exact', minSide: 256, maxSide: 1536, step: 8 } }

function laid (changes: Partial<EditRequest>, model: Partial<ModelCard>) {
  const fit = fitGeometry(request(changes), card(model))
  if ('reason' in fit) throw new TypeError(fit.message)
  return fit
}

t.test('references, background and lighting are scaled alone, and named', async t => {
  const { geometry, before } = laid({ images: [sized(640, 480), sized(10, 900)], background: sized(4000, 3000), lighting: sized(500, 900) }, {
    inputs: inputs({ maxImages: 2, maxSide: 800, maxAspectRatio: 1.4 })
  })
  t.match(geometry, {
    images: [{ size: { width: 640, height: 480 } }, { size: { width: 9, height: 800 } }],
    background: { size: { width: 800, height: 600 } },
    lighting: { size: { width: 444, height: 800 } }
  })
  t.same(before.map(({ detail }) => detail), [
    'reference 1: 10×900 is sent as 9×800', 'background: 4000×3000 is sent as 800×600', 'lighting image: 500×900 is sent as 444×800'
  ])
  t.match(fitGeometry(request({ background: sized(30, 30) }), card({ inputs: inputs({ maxSide: 20, minSide: 20 }) })), { reason: 'side' })
  t.match(fitGeometry(request({ background: sized(3000, 30) }), card({ inputs: inputs({ maxSide: 1000, minSide: 20 }) })), { reason: 'side', message: /3000×30/ })
})

t.test('an image whose shape the model cannot make is padded to the nearest that it can', async t => {
  const { geometry, asked, before, after } = laid({ images: [sized(1000, 700)] }, { outputs: ratios })
  t.match(geometry.images[0], { scaledTo: { width: 1000, height: 700 }, padding: { left: 25, right: 25 }, size: { width: 1050, height: 700 } })
  t.same(asked, { aspectRatio: '3:2', resolution: '4k' })
  t.same(before.map(({ kind }) => kind), ['pad', 'resolution'])
  t.match(after, [{ detail: 'of the result: its padding is cut off, it is scaled to 1000×700' }])
})

t.test('not so a shape that nearly is one, an outpainting, and one that would be nearly all padding', async t => {
  for (const changes of [
    { images: [sized(1000, 1010)] as const },
    { images: [sized(1000, 700)] as const, operation: 'outpaint' as const, expansion: { left: 1, right: 0, up: 0, down: 0 } },
    { images: [sized(4095, 100)] as const }
  ]) {
    const { geometry, before } = laid(changes, { outputs: ratios })
    t.match(geometry.images[0].size, { width: changes.images[0].width, height: changes.images[0].height })
    t.same(before.map(({ kind }) => kind), ['aspect_ratio', 'resolution'])
  }
  t.match(laid({ images: [sized(2000, 100)] }, { outputs: exact, inputs: inputs({ maxSide: 300, minSide: 15 }) }).geometry.images[0].scaledTo, { width: 300 })
})

t.test('a shape beyond what a model makes by numbers is padded, too', async t => {
  const { geometry, asked } = laid({ images: [sized(3000, 300)] }, { outputs: exact })
  t.same(asked, { width: 1536, height: 256 })
  t.match(geometry.images[0], { padding: { up: 100, down: 100 }, size: { width: 3000, height: 500 } })
})

t.test('the size that is asked for follows the size that is wished, with its share of padding', async t => {
  t.same(laid({ images: [sized(300, 200)] }, { outputs: exact }).asked, { width: 384, height: 256 })
  t.same(laid({ images: [sized(300, 200)], output: { format: 'image/png', size: { width: 900, height: 600 } } }, { outputs: exact }).asked, { width: 904, height: 600 })
  t.same(laid({ images: [sized(300, 200)], output: { format: 'image/png', size: 'model' } }, { outputs: exact }).asked, { width: 384, height: 256 })
  t.same(laid({ images: [sized(1000, 700)], output: { format: 'image/png', size: { width: 6000, height: 4200 } } }, { outputs: ratios }).asked, { aspectRatio: '3:2', resolution: '8k' })
  const wide = laid({ images: [sized(1200, 300)] }, { outputs: exact, inputs: inputs({ maxAspectRatio: 2, maxSide: 600 }) })
  t.match(wide, { asked: { width: 1200, height: 600 }, geometry: { images: [{ scaledTo: { width: 600, height: 150 }, size: { width: 600, height: 300 } }] } })
})

t.test('an image with a profile that the model would not understand comes back in it', async t => {
  const wide = image({ profile: 'Display P3' })
  t.match(laid({ images: [wide] }, {}).after, [{ kind: 'restore', detail: 'of the result: its colours are converted to Display P3' }])
  t.same(laid({ images: [wide] }, { inputs: inputs({ profiles: true }) }).after, [])
})
