import fc from 'fast-check'
import t from 'tap'
import type { SizeRule } from '../../core/model-card.ts'
import { fitSize } from '../../core/output-size.ts'

const exact = { rule: 'exact', minSide: 256, maxSide: 1536, step: 8 } as const
const ratio: SizeRule = { rule: 'ratio', ratios: ['1:1', '4:3', '16:9', '3:4'], resolutions: { '8k': 8192, '4k': 4096 } }

t.test('a legal size is asked for as it is', async t => {
  t.same(fitSize({ width: 1024, height: 768 }, exact), { size: { width: 1024, height: 768 }, adaptations: [] })
})

t.test('a large size is scaled down with its ratio kept, and said', async t => {
  const { size, adaptations } = fitSize({ width: 4000, height: 3000 }, exact)
  t.same(size, { width: 1536, height: 1152 })
  t.match(adaptations, [{ kind: 'size', detail: '4000×3000 is asked for as 1536×1152' }])
})

t.test('a small size is scaled up', async t => {
  t.same(fitSize({ width: 100, height: 200 }, exact).size, { width: 256, height: 512 })
})

t.test('an extreme ratio still gets legal sides', async () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 30_000 }), (width, height) => {
    const { size } = fitSize({ width, height }, exact)
    return [size.width, size.height].every(side => side !== undefined && side >= 256 && side <= 1536 && side % 8 === 0)
  }))
})

t.test('the nearest ratio is chosen, and the smallest resolution above the longest side', async t => {
  t.same(fitSize({ width: 1024, height: 768 }, ratio), {
    size: { aspectRatio: '4:3', resolution: '4k' },
    adaptations: [{ kind: 'resolution', detail: '1024×768 is asked for in 4k' }]
  })
  t.match(fitSize({ width: 4096, height: 2000 }, ratio), {
    size: { aspectRatio: '16:9', resolution: '8k' },
    adaptations: [{ kind: 'aspect_ratio', detail: '4096×2000 is asked for as 16:9' }, { kind: 'resolution' }]
  })
  t.equal(fitSize({ width: 20_000, height: 20_000 }, ratio).size.resolution, '8k')
})

t.test('a model without resolutions is asked by ratio alone', async t => {
  t.same(fitSize({ width: 10, height: 10 }, { ...ratio, resolutions: {} }), { size: { aspectRatio: '1:1' }, adaptations: [] })
})

t.test('where the size is the input\'s or the vendor\'s, nothing is asked for', async t => {
  t.same(fitSize({ width: 10, height: 10 }, { rule: 'input' }), { size: {}, adaptations: [] })
  t.same(fitSize({ width: 10, height: 10 }, { rule: 'vendor' }), { size: {}, adaptations: [] })
})
