import t from 'tap'
import { extensionLayout, rimLayout } from '../../../plugins/local/extension-layout.ts'

const picture = { left: 100, top: 100, right: 300, bottom: 300 }

t.test('what stands beside the picture comes from the same height', async t => {
  const price = extensionLayout(picture, 400, 400)
  const level = price(0.15, 0.5, 0.4, 0.5)
  t.equal(level, 0)
  t.ok(price(0.15, 0.5, 0.4, 0.6) > 10)
  t.ok(price(0.15, 0.5, 0.4, 0.7) > 3 * price(0.15, 0.5, 0.4, 0.6), 'and the farther off, the more it costs')
})

t.test('what stands above may come from the side, at a lower price', async t => {
  const price = extensionLayout(picture, 400, 400)
  t.equal(price(0.5, 0.2, 0.5, 0.35), 0)
  t.ok(price(0.3, 0.2, 0.7, 0.35) < price(0.2, 0.3, 0.35, 0.7))
})

t.test('what is far inside is dear near the edge, and free far out', async t => {
  const price = extensionLayout(picture, 400, 400)
  t.ok(price(0.24, 0.5, 0.6, 0.5) > 100)
  t.equal(price(0, 0.5, 0.5, 0.5), 0)
})

t.test('what is very near costs, because it would repeat at once', async t => {
  const price = extensionLayout(picture, 400, 400)
  t.ok(price(0.24, 0.5, 0.26, 0.5) > price(0.24, 0.5, 0.3, 0.5))
})

t.test('grain comes from the rim of the picture', async t => {
  const price = rimLayout(picture, 400, 400, 20)
  for (const [u, v] of [[0.26, 0.5], [0.74, 0.5], [0.5, 0.26], [0.5, 0.74]]) t.equal(price(0, 0, u, v), 0)
  t.ok(price(0, 0, 0.5, 0.5) >= 1600)
})
