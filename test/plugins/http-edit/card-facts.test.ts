import t from 'tap'
import type { ModelCard, SizeRule } from '../../../core/index.ts'
import { largestSquare, maxResolution, priceRange, sizeMisfit } from '../../../plugins/http-edit/card-facts.ts'
import { card, inputs } from '../../core/fixtures.ts'

const outputs = (size: SizeRule, changes: Partial<ModelCard['outputs']> = {}) => ({ ...card().outputs, size, ...changes })
const resolutions = { '8k': 8192, '4k': 4096 }
const ratio = outputs({ rule: 'ratio', ratios: ['1:1'], resolutions })

t.test('the largest result is what the card says of results, else what it says of images', async t => {
  t.equal(largestSquare(card({ outputs: outputs({ rule: 'vendor' }, { maxSide: 5000 }), inputs: inputs({ maxSide: 100 }) })), 5000)
  t.equal(largestSquare(card({ outputs: outputs({ rule: 'exact', minSide: 256, maxSide: 1536 }) })), 1536)
  t.equal(largestSquare(card({ outputs: ratio })), 8192)
  t.equal(largestSquare(card({ inputs: inputs({ maxSide: 3000 }) })), 3000)
  t.equal(largestSquare(card({ inputs: inputs({ maxSide: 3000, maxPixels: 4_200_000 }) })), 2049)
})

t.test('a card that tells no limit is not guessed at, but clients get numbers', async t => {
  t.equal(largestSquare(card()), undefined)
  t.equal(largestSquare(card({ outputs: outputs({ rule: 'ratio', ratios: ['1:1'], resolutions: {} }) })), undefined)
  t.same(maxResolution(card({ outputs: outputs({ rule: 'vendor' }), inputs: inputs({ maxSide: 2048 }) })), [2048, 2048])
  t.same(maxResolution(card()), [16383, 16383])
})

t.test('a size that does not fit is told by the limit that it breaks', async t => {
  const limited = card({
    inputs: inputs({ minSide: 100, maxSide: 4000, minPixels: 20_000, maxPixels: 4_000_000, minAspectRatio: 0.5, maxAspectRatio: 2 }),
    outputs: outputs({ rule: 'exact', minSide: 100, maxSide: 2000 })
  })
  const misfit = (width: number, height: number) => sizeMisfit(limited, { width, height })
  t.equal(misfit(1000, 50), 'takes sides from 100 pixels')
  t.equal(misfit(4001, 2100), 'takes sides up to 4000 pixels')
  t.equal(misfit(120, 120), 'takes 20000 to 4000000 pixels')
  t.equal(misfit(2100, 2100), 'takes 20000 to 4000000 pixels')
  t.equal(misfit(200, 1000), 'takes aspect ratios from 0.5 to 2')
  t.equal(misfit(1000, 200), 'takes aspect ratios from 0.5 to 2')
  t.equal(misfit(2100, 1200), 'returns sides up to 2000 pixels')
  t.equal(misfit(1000, 1000), undefined)
  t.equal(sizeMisfit(card({ outputs: outputs({ rule: 'vendor' }) }), { width: 9999, height: 1 }), undefined, 'what is not known is no obstacle')
})

t.test('a price follows the resolution that the kernel would ask for', async t => {
  const priced = card({ outputs: ratio, price: { usd: 0.1, byResolution: { '4k': 0.15, '8k': 0.18 }, perExtraImage: 0.01 } })
  t.same(priceRange(priced), { min: 0.15, max: 0.18 })
  t.same(priceRange(priced, { width: 4095, height: 100 }), { min: 0.15, max: 0.15 })
  t.same(priceRange(priced, { width: 100, height: 4096 }), { min: 0.18, max: 0.18 })
  t.same(priceRange(priced, { width: 9000, height: 9000 }, 3), { min: 0.2, max: 0.2 })
  t.same(priceRange(card({ outputs: ratio })), { min: 0.02, max: 0.02 })
  t.same(priceRange(card(), { width: 9, height: 9 }, 5), { min: 0.02, max: 0.02 })
  t.same(priceRange(card({ outputs: outputs({ rule: 'ratio', ratios: ['1:1'], resolutions: {} }) }), { width: 9, height: 9 }), { min: 0.02, max: 0.02 })
})
