import t from 'tap'
import { colourOf, draw, paint } from './paint.ts'

t.test('a text always has the same vivid colour, another text another', async t => {
  t.same(colourOf('a green apple'), colourOf('a green apple'))
  t.notSame(colourOf('a green apple'), colourOf('a blue apple'))
  for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const levels = Object.values(colourOf(text))
    t.equal(Math.min(...levels), 40)
    t.equal(Math.max(...levels), 240)
  }
})

t.test('a surface has its size, its colour and a label that sets it apart', async t => {
  for (const [width, height] of [[320, 200], [64, 64], [64, 300]] as const) {
    const { data, info } = await paint({ width, height, label: 'vendor & <operation>', text: 'a green apple' })
    t.match(info, { width, height, channels: 3 })
    const { r, g, b } = colourOf('a green apple')
    const plain = Array.from({ length: width * height }, (_, pixel) => data.subarray(pixel * 3, pixel * 3 + 3)).filter(pixel => pixel.equals(Buffer.from([r, g, b])))
    t.ok(plain.length > width * height / 5)
    const other = await paint({ width, height, label: 'other', text: 'a green apple' })
    t.notOk(other.data.equals(data))
  }
})

t.test('draws pixel by pixel and cuts levels off', async t => {
  const { data } = draw({ width: 2, height: 2 }, 1, (x, y) => [300 * x - y])
  t.same([...data], [0, 255, 0, 255])
})
