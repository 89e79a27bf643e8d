import t from 'tap'
import { cutOut, emptyLike, layInto } from '../../../core/imaging/raster-part.ts'
import { picture } from './pictures.ts'

t.test('a part is cut out and put back to where it was', async t => {
  for (const channels of [1, 2, 3, 4] as const) {
    for (const Type of [Uint8Array, Uint16Array]) {
      const { data, width, height } = picture(13, 9, channels)
      const raster = { data: Type === Uint8Array ? new Uint8Array(data) : Uint16Array.from(data, value => value * 250), width, height, channels }
      const region = { left: 4, top: 3, width: 7, height: 5 }
      const part = cutOut(raster, region)
      t.match(part, { width: 7, height: 5, channels })
      t.equal(part.data[channels], raster.data[(3 * 13 + 5) * channels])
      t.equal(part.data.at(-1), raster.data[(7 * 13 + 10) * channels + channels - 1])
      const before = raster.data.slice()
      part.data.fill(0)
      t.same(raster.data, before, 'it is a copy')
      const laid = layInto(raster, part, region)
      t.equal(laid, raster)
      t.ok(laid.data.every((value, at) => {
        const [x, y] = [Math.floor(at / channels) % 13, Math.floor(at / channels / 13)]
        const isIn = x >= 4 && x < 11 && y >= 3 && y < 8
        return value === (isIn ? 0 : before[at])
      }))
    }
  }
})

t.test('an empty one is of the same kind', async t => {
  const empty = emptyLike({ data: new Uint16Array(2), width: 1, height: 1, channels: 2 }, { width: 3, height: 2 })
  t.same(empty, { data: new Uint16Array(12), width: 3, height: 2, channels: 2 })
})
