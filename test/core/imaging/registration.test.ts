import t from 'tap'
import { measureOffset as measure } from '../../../core/imaging/registration.ts'
import type { Raster } from '../../../core/imaging/raster.ts'
import type { Bytes } from '../../../core/imaging/region.ts'

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
const everywhere = { left: 0, top: 0, width, height }
const measureOffset = (image: Raster, result: Raster, mask: Bytes) => measure(image, result, mask, everywhere)
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
  const quarter = { ...nothing, pixels: nothing.pixels.map((_, at) => at % width < 80 && at / width < 60 ? 255 : 0) }
  t.ok(measureOffset(shown(still), shown({ x: 1, y: 1 }), quarter), 'where one of the quarters is masked the others tell')
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
  t.equal(measure(shown(still), shown({ x: 1, y: 0 }), nothing, { left: 40, top: 40, width: 14, height: 14 }), undefined, 'too little is looked at')
})

/** A result in which the colours of some places are others. */
const painted = (raster: Raster, colour: (x: number, y: number) => number | undefined): Raster => {
  for (let at = 0; at < raster.data.length; at++) raster.data[at] = colour(Math.floor(at / 3) % width, Math.floor(at / 3 / width)) ?? raster.data[at]
  return raster
}

t.test('what moved is an edit when it moved alone, and light that changes over the picture is none', async t => {
  const [was, moved] = [shown(still), shown({ x: 1.5, y: 0 })]
  const at = (raster: Raster, x: number, y: number) => raster.data[(y * width + x) * 3]
  t.equal(measureOffset(was, painted(shown(still), (x, y) => x < 70 && y < 60 ? at(moved, x, y) : undefined), disc), undefined, 'a thing')
  t.equal(measureOffset(was, painted(shown(still), x => x < 80 ? at(moved, x, 0) : undefined), disc), undefined, 'half of it, and is another')
  t.equal(measureOffset(was, painted(shown(still), (x, y) => Math.min(255, at(was, x, y) + x / 4)), disc), undefined, 'light from the right')
  const scaled = painted(shown(still), (x, y) => Math.round(scene(80 + (x - 80) * 1.04, 60 + (y - 60) * 1.04)))
  t.equal(measureOffset(was, scaled, disc), undefined, 'larger by some pixels')
})

t.test('it is measured where the mask is', async t => {
  // The left half has moved by one pixel, the right one by none.
  const [was, moved] = [shown(still), shown({ x: 1, y: 0 })]
  const torn = painted(shown(still), (x, y) => x < 80 ? moved.data[(y * width + x) * 3] : undefined)
  const left = measure(was, torn, { ...disc, pixels: nothing.pixels }, { left: 0, top: 0, width: 70, height })
  t.ok(left && Math.abs(left.x - 1) < 0.12, JSON.stringify(left))
  t.equal(measure(was, torn, { ...disc, pixels: nothing.pixels }, { left: 90, top: 0, width: 70, height }), undefined)
})
