import sharp from 'sharp'
import t from 'tap'
import { openEncoded } from '../../../core/imaging/codec.ts'
import { buffersOf, pack, rawHeader } from '../../../core/imaging/packed.ts'
import type { Raster } from '../../../core/imaging/raster.ts'
import { picture } from './pictures.ts'

const final = { anew: false, flattened: false }
const anew = { anew: true, flattened: false }
const own = (channels: Raster['channels'] = 3) => ({ ...picture(20, 10, channels), data: new Uint8Array(picture(20, 10, channels).data) })

t.test('a finished picture is a PNG, whose buffer moves along', async t => {
  const packed = await pack(own(), undefined, final)
  if (!('png' in packed)) throw new TypeError('it is none')
  t.same(buffersOf(packed), [packed.png.buffer])
  t.ok((await sharp(packed.png).raw().toBuffer()).equals(own().data))
})

t.test('what is encoded anew is mere pixels, in memory of their own, and opens as it is', async t => {
  for (const channels of [1, 3, 4] as const) {
    const raster = own(channels)
    const packed = await pack(raster, undefined, anew)
    if (!('raw' in packed)) throw new TypeError('it is a PNG')
    t.not(packed.raw.data.buffer, raster.data.buffer)
    t.same(buffersOf(packed), [packed.raw.data.buffer])
    const header = rawHeader(packed.raw, 'result')
    t.match(header, { field: 'result', mediaType: undefined, width: 20, height: 10, alpha: channels === 4, colour: channels === 1 ? 'grey' : 'rgb', deep: false, profile: null })
    const again = await openEncoded(header).png().toBuffer()
    t.ok((await sharp(again).toColourspace(channels === 1 ? 'b-w' : 'srgb').raw().toBuffer()).equals(own(channels).data))
  }
})

t.test('a profile, more depth and grey with alpha need a file, which is not compressed', async t => {
  const { icc } = await sharp(await sharp({ create: { width: 1, height: 1, channels: 3, background: '#369' } }).withIccProfile('p3').png().toBuffer()).metadata()
  const deep: Raster = { ...own(), data: Uint16Array.from(own().data) }
  for (const [raster, profile] of [[own(), icc], [deep, undefined], [own(2), undefined]] as const) {
    const packed = await pack(raster, profile, anew)
    t.ok('stored' in packed && packed.stored.length > raster.data.length && buffersOf(packed)[0] === packed.stored.buffer)
  }
})

t.test('only what is transparent has to be laid on a colour', async t => {
  t.match(await pack(own(3), undefined, { anew: false, flattened: true }), { png: Uint8Array })
  t.match(await pack(own(4), undefined, { anew: false, flattened: true }), { raw: { channels: 4 } })
})
