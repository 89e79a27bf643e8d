import fc from 'fast-check'
import t from 'tap'
import { fitImage, type ImageFit } from '../../core/fit-image.ts'
import type { EditRequest, Size } from '../../core/request.ts'
import { frameOf, planRestoration, recoloured, restorationText, restore, sameShape, targetOf, type Geometry } from '../../core/restoration.ts'
import { image, request } from './fixtures.ts'

const sized = (width: number, height: number): Size => ({ width, height })
const none = { left: 0, right: 0, up: 0, down: 0 }
const output = { format: 'image/png' } as const

function geometryOf (size: Size, limits: Parameters<typeof fitImage>[1] = {}): Geometry & { images: [ImageFit] } {
  const fit = fitImage(size, limits)
  if ('reason' in fit) throw new TypeError(fit.message)
  return { images: [fit] }
}

function wishing (size: Size, wish: EditRequest['output']['size'], changes: Partial<EditRequest> = {}) {
  return request({ images: [image(size)], output: { format: 'image/png', size: wish }, ...changes })
}

const panorama = sized(2000, 500)
const padded = geometryOf(panorama, { maxAspectRatio: 2.5 })

t.test('shapes are the same within a model\'s rounding and within a pixel', async t => {
  t.ok(sameShape(sized(960, 640), sized(4096, 2731)))
  t.ok(sameShape(sized(8, 6), sized(3, 2)), 'a pixel of rounding')
  t.notOk(sameShape(sized(960, 640), sized(640, 960)))
  t.notOk(sameShape(sized(1000, 700), sized(1500, 1000)))
})

t.test('a result has the input\'s size unless another is wished, an outpainting\'s grown', async t => {
  const expansion = { left: 1, right: 2, up: 3, down: 4 }
  t.same(targetOf(wishing(panorama, undefined)), panorama)
  t.same(targetOf(wishing(panorama, 'input', { expansion })), sized(2003, 507))
  t.equal(targetOf(wishing(panorama, 'model')), undefined)
  t.same(targetOf(wishing(panorama, sized(10, 10))), sized(10, 10))
})

t.test('where a result is as it should be, nothing is done', async t => {
  t.same(restore(panorama, { request: wishing(panorama, 'input'), geometry: geometryOf(panorama), output }), { aligned: true, steps: [], warnings: [] })
})

t.test('the padding is cut off at the result\'s own size, then it is scaled', async t => {
  t.match(restore(sized(2000, 800), { request: wishing(panorama, 'input'), geometry: padded, output }), {
    crop: { left: 0, top: 150, width: 2000, height: 500 }, scaledTo: undefined, aligned: true, steps: ['its padding is cut off']
  })
  t.match(restore(sized(4000, 1600), { request: wishing(panorama, 'input'), geometry: padded, output }), {
    crop: { left: 0, top: 300, width: 4000, height: 1000 }, scaledTo: panorama, steps: ['its padding is cut off', 'it is scaled to 2000×500']
  })
  t.match(restore(sized(4000, 1600), { request: wishing(panorama, 'model'), geometry: padded, output }), {
    crop: { width: 4000, height: 1000 }, scaledTo: undefined, steps: ['its padding is cut off']
  })
})

t.test('what a model made in the shape that it was asked for is a picture of what it was sent', async t => {
  const asked = { ...output, aspectRatio: '21:9' }
  t.match(restore(sized(4096, 1755), { request: wishing(sized(4000, 100), 'input'), geometry: geometryOf(sized(4000, 100)), output: asked }), {
    scaledTo: sized(4000, 100), aligned: true
  })
})

t.test('a result in a shape that a model\'s steps have made of the image\'s is a picture of it', async t => {
  const small = wishing(sized(400, 300), 'input')
  const geometry = geometryOf(sized(400, 300))
  t.match(restore(sized(896, 640), { request: small, geometry, output }), { aligned: true, crop: undefined, scaledTo: sized(400, 300), warnings: [] })
  t.match(restore(sized(1152, 896), { request: small, geometry, output }), { aligned: true, scaledTo: sized(400, 300) })
  t.match(restore(sized(890, 640), { request: small, geometry, output }), { aligned: false }, 'no steps')
  t.match(restore(sized(1280, 1024), { request: small, geometry, output }), { aligned: false }, '5:4 is another shape than 4:3')
  t.match(restore(sized(4096, 2912), { request: small, geometry, output }), { aligned: false }, 'further off than by a step')
  const nearlySquare = { request: wishing(sized(400, 384), 'input'), geometry: geometryOf(sized(400, 384)), output }
  t.match(restore(sized(384, 400), nearlySquare), { aligned: false }, 'turned on its side, it is no picture of it')
})

t.test('a wished size of another shape is filled from the middle, and said', async t => {
  t.match(restore(sized(1000, 500), { request: wishing(sized(1000, 500), sized(300, 300)), geometry: geometryOf(sized(1000, 500)), output }), {
    crop: { left: 250, top: 0, width: 500, height: 500 },
    scaledTo: sized(300, 300),
    aligned: false,
    steps: ['it is cut to the shape of 300×300', 'it is scaled to 300×300']
  })
  t.match(restore(sized(500, 1000), { request: wishing(sized(500, 1000), sized(500, 250)), geometry: geometryOf(sized(500, 1000)), output }), {
    crop: { left: 0, top: 375, width: 500, height: 250 }, scaledTo: undefined, steps: ['it is cut to the shape of 500×250']
  })
})

t.test('a result in a shape that nobody asked for is left as it is, unless numbers were wished', async t => {
  const turned = sized(640, 960)
  const geometry = geometryOf(sized(960, 640))
  t.match(restore(turned, { request: wishing(sized(960, 640), 'input'), geometry, output }), {
    crop: undefined, scaledTo: undefined, aligned: false, steps: [], warnings: ['the result is 640×960, which is another shape than 960×640: it is left as it is']
  })
  t.same(restore(turned, { request: wishing(sized(960, 640), 'model'), geometry, output }).warnings, [])
  t.match(restore(turned, { request: wishing(sized(960, 640), sized(64, 64)), geometry, output }), { scaledTo: sized(64, 64), aligned: false, warnings: [] })
  t.match(restore(turned, { request: wishing(sized(960, 640), sized(64, 96)), geometry, output }), { crop: undefined, scaledTo: sized(64, 96), steps: ['it is scaled to 64×96'] })
})

t.test('the frame of an outpainting is what was sent and what grew, without the padding', async t => {
  const geometry: Geometry = { ...padded, expansion: { ...none, right: 100 } }
  t.same(frameOf(geometry), { canvas: sized(2100, 800), frame: { left: 0, top: 150, width: 2100, height: 500 } })
})

t.test('the plan says what is known: with a size that the vendor chooses, that it will be scaled', async t => {
  const wish = wishing(panorama, 'input')
  t.same(planRestoration(wish, geometryOf(panorama), output, { rule: 'input' }), [])
  t.same(planRestoration(wish, geometryOf(panorama), output, { rule: 'vendor' }), ['it is scaled to 2000×500'])
  t.same(planRestoration(wish, geometryOf(panorama), { ...output, ...panorama }, { rule: 'exact', minSide: 1, maxSide: 9000 }), [])
  t.same(planRestoration(wish, padded, output, { rule: 'vendor' }), ['its padding is cut off', 'it is scaled to 2000×500'])
  t.same(planRestoration(wishing(panorama, 'model'), geometryOf(panorama), output, { rule: 'vendor' }), [])
  t.same(restorationText([]), [])
  t.same(restorationText(['a', recoloured('P3')]), [{ kind: 'restore', detail: 'of the result: a, its colours are converted to P3' }])
})

t.test('whatever was padded and scaled comes back in its size, from inside the result', async () => {
  const side = fc.integer({ min: 20, max: 5000 })
  fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 4 }), (width, height, times) => {
    const size = { width, height }
    const fit = fitImage(size, { minSide: 64, maxSide: 1024, maxAspectRatio: 2.5, minAspectRatio: 0.4 })
    if ('reason' in fit) return true
    const geometry: Geometry = { images: [fit] }
    const result = sized(fit.size.width * times, fit.size.height * times)
    const { crop = { left: 0, top: 0, ...result }, scaledTo = crop, aligned } = restore(result, { request: wishing(size, 'input'), geometry, output })
    return aligned && scaledTo.width === width && scaledTo.height === height && crop.left >= 0 && crop.top >= 0 &&
      crop.left + crop.width <= result.width && crop.top + crop.height <= result.height
  }))
})

t.test('of an image of which a part was sent the part comes out, to be put back to its place', async t => {
  const crop = { left: 5, top: 5, width: 640, height: 512 }
  const sent = request({ images: [image(panorama)] })
  const geometry = { ...geometryOf(crop, { maxSide: 320 }), crop }
  t.same(targetOf(sent, geometry), sized(640, 512))
  t.same(restore(sized(320, 256), { request: sent, geometry, output }), {
    scaledTo: sized(640, 512), aligned: true, steps: ['it is scaled to 640×512', 'it is put back to its place in 2000×500'], warnings: []
  })
  t.match(restore(sized(256, 320), { request: sent, geometry, output }), { aligned: false, steps: [] })
})
