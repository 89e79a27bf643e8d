import fc from 'fast-check'
import t from 'tap'
import { fitImage, scaleExpansion, type FitOptions, type ImageFit, type ImageLimits } from '../../core/fit-image.ts'
import type { Size } from '../../core/request.ts'

const none = { left: 0, right: 0, up: 0, down: 0 }
const sized = (width: number, height: number): Size => ({ width, height })
const stability: ImageLimits = { minSide: 64, minPixels: 4096, maxPixels: 9_437_184, minAspectRatio: 1 / 2.5, maxAspectRatio: 2.5 }

function fitted (size: Size, limits: ImageLimits, options: FitOptions = {}): ImageFit {
  const fit = fitImage(size, limits, options)
  if ('reason' in fit) throw new TypeError(fit.message)
  return fit
}

t.test('what fits is left as it is', async t => {
  t.same(fitImage(sized(640, 480), stability), { scaledTo: sized(640, 480), padding: none, size: sized(640, 480), loss: 0 })
})

t.test('what is too large is scaled down to the limit, and loses the share of its pixels', async t => {
  const fit = fitted(sized(3000, 2000), { maxSide: 1536 })
  t.match(fit, { scaledTo: sized(1536, 1024), padding: none, size: sized(1536, 1024) })
  t.equal(fit.loss.toFixed(3), (1 - 0.512 ** 2).toFixed(3))
  t.match(fitted(sized(6000, 4000), { maxPixels: 9_437_184 }), { size: sized(3762, 2508) })
})

t.test('what is too small is scaled up, by no more than it takes, and loses nothing', async t => {
  t.match(fitted(sized(40, 40), stability), { scaledTo: sized(64, 64), padding: none, loss: 0 })
  t.match(fitted(sized(30, 40), { minSide: 64 }), { size: sized(64, 86), loss: 0 })
  t.match(fitted(sized(50, 60), { minPixels: 12_000 }), { size: sized(100, 120), loss: 0 })
})

t.test('what is long and too small is padded, where enlarging it would make it longer than a WebP can be', async t => {
  t.match(fitImage({ width: 5000, height: 7 }, { minSide: 64 }), { scaledTo: { width: 16383, height: 23 }, padding: { up: 20, down: 21 }, size: { width: 16383, height: 64 } })
  t.match(fitImage({ width: 2000, height: 40 }, { minSide: 64 }), { size: { width: 3200, height: 64 }, loss: 0 })
  t.match(fitImage({ width: 20000, height: 40 }, { minSide: 64 }), { scaledTo: { width: 20000, height: 40 }, size: { width: 20000, height: 64 } }, 'what is that long already stays so')
})

t.test('a shape that is not legal is padded on both sides, by whole pixels', async t => {
  t.match(fitted(sized(2000, 500), stability), { scaledTo: sized(2000, 500), padding: { ...none, up: 150, down: 150 }, size: sized(2000, 800), loss: 0.375 })
  t.match(fitted(sized(500, 2001), stability), { padding: { ...none, left: 150, right: 151 }, size: sized(801, 2001) })
})

t.test('what has both faults is scaled as far as it must be and padded', async t => {
  t.match(fitted(sized(40, 10), stability), { scaledTo: sized(160, 40), size: sized(160, 64), loss: 0.375 })
  t.match(fitted(sized(3000, 50), { minSide: 256, maxSide: 1536 }), { scaledTo: sized(1536, 26), size: sized(1536, 256) })
  t.match(fitted(sized(8000, 2000), stability), { scaledTo: sized(4857, 1214), size: sized(4857, 1943) })
})

t.test('a ratio that is asked for is reached by padding alone', async t => {
  t.match(fitted(sized(1000, 700), {}, { ratio: 1.5 }), { padding: { ...none, left: 25, right: 25 }, size: sized(1050, 700) })
  t.match(fitImage(sized(4000, 10), { maxAspectRatio: 500 }, { ratio: 1 }), { reason: 'ratio', message: /cannot be padded/ })
})

t.test('references are scaled and never padded, and may have any ratio', async t => {
  t.match(fitted(sized(4000, 100), { ...stability, maxSide: 3000 }, { only: 'scale' }), { size: sized(3000, 75), padding: none })
  t.match(fitImage(sized(4000, 100), { ...stability, maxSide: 1000 }, { only: 'scale' }), { reason: 'side', message: /up to 1000 pixels, the image is 4000×100/ })
})

t.test('an expansion scales along, and fits then', async t => {
  const expansion = { left: 0, right: 3000, up: 1, down: 0 }
  const fit = fitted(sized(1000, 1000), { maxExpansion: 2000 }, { expansion })
  t.match(fit, { scaledTo: sized(666, 666) })
  t.same(scaleExpansion(expansion, fit, sized(1000, 1000)), { left: 0, right: 1998, up: 1, down: 0 })
})

t.test('padding never comes between an image and where it grows', async t => {
  const wide = sized(2000, 500)
  t.match(fitted(wide, stability, { expansion: { ...none, up: 100 } }).padding, { up: 0, down: 300 })
  t.match(fitted(wide, stability, { expansion: { ...none, down: 100 } }).padding, { up: 300, down: 0 })
  t.match(fitted(wide, stability, { expansion: { ...none, left: 100, right: 100 } }).padding, { up: 150, down: 150 })
  t.match(fitImage(wide, stability, { expansion: { ...none, up: 1, down: 1 } }), { reason: 'ratio', message: 'takes aspect ratios from 0.4 to 2.5, the image is 2000×500' })
})

t.test('what no layout can save is told by the limit that it breaks', async t => {
  t.match(fitImage(sized(30_000, 10), stability), { reason: 'side', message: 'takes sides from 64 pixels, the image is 30000×10' })
  t.match(fitImage(sized(30_000, 100), { maxAspectRatio: 1 }), { reason: 'ratio' }, 'its padding would be longer than can be made')
  t.match(fitImage(sized(3, 3), stability), { reason: 'side', message: 'takes sides from 64 pixels, the image is 3×3' })
  t.match(fitImage(sized(4, 4), stability), { size: sized(64, 64) })
  t.match(fitImage(sized(100, 100), { minSide: 200, maxSide: 150 }), { reason: 'side' })
  t.match(fitImage(sized(100, 100), { maxPixels: 50 }), { reason: 'pixels', message: 'takes 1 to 50 pixels, the image has 10000' })
  t.match(fitImage(sized(100, 100), { maxExpansion: 20, minSide: 100 }, { expansion: { ...none, up: 30, down: 1 } }), { reason: 'expansion', message: /up to 20 pixels, the request asks for 30/ })
})

t.test('every layout is legal, undistorted, and adds up', async () => {
  const side = fc.integer({ min: 1, max: 9000 })
  const limits = fc.record({
    minSide: fc.integer({ min: 1, max: 300 }),
    maxSide: fc.integer({ min: 800, max: 4096 }),
    minPixels: fc.integer({ min: 1, max: 100_000 }),
    maxPixels: fc.integer({ min: 300_000, max: 9_000_000 }),
    maxAspectRatio: fc.constantFrom(1, 2, 2.5, 4),
    minAspectRatio: fc.constantFrom(1, 0.5, 0.4, 0.25)
  })
  fc.assert(fc.property(side, side, limits, (width, height, limits) => {
    const fit = fitImage({ width, height }, limits)
    if ('reason' in fit) return true
    const { scaledTo, padding: { left, right, up, down }, size } = fit
    const { minSide, maxSide, minPixels, maxPixels, minAspectRatio, maxAspectRatio } = limits
    const pixels = size.width * size.height
    const scale = scaledTo.width / width
    return size.width === scaledTo.width + left + right && size.height === scaledTo.height + up + down &&
      Math.min(left, right, up, down) >= 0 && fit.loss >= 0 && fit.loss <= 0.99 &&
      Math.min(size.width, size.height) >= minSide && Math.max(size.width, size.height) <= maxSide && pixels >= minPixels && pixels <= maxPixels &&
      size.width / size.height >= minAspectRatio && size.width / size.height <= maxAspectRatio &&
      // A pixel of rounding on each side.
      Math.abs(scaledTo.height - height * scale) <= 1 + height / width
  }))
})
