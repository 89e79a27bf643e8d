import t from 'tap'
import { measureOffset } from '../../../core/imaging/registration.ts'
import type { Raster } from '../../../core/imaging/raster.ts'

const [width, height] = [160, 120]
const scene = (x: number, y: number) => 120 + 50 * Math.sin(x / 5 + y / 17) + 40 * Math.cos(y / 4 - x / 23)

function shown (offset: { x: number, y: number }, { channels = 3, gain = 1, add = 0, full = 255, alpha = 1 } = {}): Raster {
  const values = Array.from({ length: width * height * channels }, (_, at) => {
    const pixel = Math.floor(at / channels)
    if (channels % 2 === 0 && at % channels === channels - 1) return Math.round(alpha * full)
    return Math.round((scene(pixel % width - offset.x, Math.floor(pixel / width) - offset.y) * gain + add + 3 * (at % channels)) * full / 255)
  })
  return { data: full === 255 ? Uint8Array.from(values) : Uint16Array.from(values), width, height, channels: channels as Raster['channels'] }
}
const still = { x: 0, y: 0 }
const nothing = { pixels: new Uint8Array(width * height), width, height }
const disc = { ...nothing, pixels: nothing.pixels.map((_, at) => Math.hypot(at % width - 80, at / width - 60) < 30 ? 255 : 0) }

t.test('a shift is measured to a part of a pixel, whatever the tone, the depth and the channels are', async t => {
  for (const offset of [{ x: 1, y: 0 }, { x: -0.6, y: 0.4 }, { x: 0, y: -1 }, { x: 1.4, y: 1.2 }]) {
    for (const options of [{}, { gain: 0.9, add: 12 }, { channels: 1 }, { channels: 4 }, { full: 65535 }]) {
      const measured = measureOffset(shown(still, options.channels === undefined ? {} : { channels: options.channels }), shown(offset, options), disc)
      t.ok(measured && Math.abs(measured.x - offset.x) < 0.12 && Math.abs(measured.y - offset.y) < 0.12, JSON.stringify({ offset, options, measured }))
    }
  }
})

t.test('what is painted into the mask does not count', async t => {
  const result = shown({ x: 1, y: 1 })
  disc.pixels.forEach((part, at) => { if (part > 0) result.data.fill(200, at * 3, at * 3 + 3) })
  const measured = measureOffset(shown(still), result, disc)
  t.ok(measured && Math.abs(measured.x - 1) < 0.12 && Math.abs(measured.y - 1) < 0.12, JSON.stringify(measured))
})

t.test('what lies where it should, or is another picture, or tells nothing, has no offset', async t => {
  t.equal(measureOffset(shown(still), shown(still), disc), undefined)
  t.equal(measureOffset(shown(still), shown({ x: 0.1, y: 0.05 }), disc), undefined, 'nobody sees so little')
  t.equal(measureOffset(shown(still), shown({ x: 4, y: 0 }), disc), undefined, 'too far')
  t.equal(measureOffset(shown(still), shown(still, { gain: -0.3, add: 160 }), disc), undefined, 'a negative')
  const flat = shown(still, { gain: 0, add: 90 })
  t.equal(measureOffset(flat, shown(still, { gain: 0, add: 93 }), disc), undefined, 'flat')
  t.equal(measureOffset(shown(still), shown({ x: 1, y: 0 }), { ...nothing, pixels: nothing.pixels.map(() => 255) }), undefined, 'all is masked')
  t.equal(measureOffset(shown(still, { channels: 4, alpha: 0.5 }), shown({ x: 1, y: 0 }), disc), undefined, 'half transparent')
  const spoiled = shown({ x: 0.4, y: 0 })
  // A third of it shows something else, as alike as it may be.
  for (let at = 0; at < spoiled.data.length / 3; at++) spoiled.data[at] = Math.min(255, spoiled.data[at] + 55 * (Math.floor(at / 24) % 2))
  t.equal(measureOffset(shown(still), spoiled, disc), undefined, 'where it could be moved back, but hardly anything would be gained')
})
