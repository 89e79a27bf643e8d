import t from 'tap'
import { emulateInputs, insideOf, maskOfMargin } from '../../core/emulate-inputs.ts'
import { plan } from '../../core/planner.ts'
import { draw, open, pixelsOf } from './imaging/pictures.ts'
import { offer, request } from './fixtures.ts'

const [width, height] = [40, 30]
const png = (pixel: (x: number, y: number) => readonly number[]) => open(draw(width, height, 3, pixel)).png().toBuffer()
const image = (bytes: Buffer) => ({ bytes, mediaType: 'image/png' as const, width, height, alpha: false, profile: null })
const mask = { pixels: draw(width, height, 1, x => [x >= 20 ? 255 : x === 19 ? 1 : 0]).data, width, height }

async function sent (pixel: (x: number, y: number) => readonly number[]) {
  const asked = request({ operation: 'erase', prompt: undefined, images: [image(await png(pixel))], mask, route: { unsupported: 'emulate' } })
  const [candidate] = plan(asked, [offer()], {}).candidates
  return { ...await emulateInputs(candidate) }
}

t.test('what is to be erased is marked in a colour that the image does not have, and named so', async t => {
  const { image, prompt } = await sent(() => [90, 90, 90])
  const { data } = await pixelsOf(image.bytes)
  const at = (x: number) => [...data.subarray(x * 3, x * 3 + 3)]
  t.same([at(18), at(19), at(39)], [[90, 90, 90], [0, 255, 0], [0, 255, 0]], 'what is masked in part, too')
  t.match(prompt, /pure green \(#00ff00\)/)
  t.match((await sent(() => [60, 200, 40])).prompt, /pure blue/)
  t.match((await sent(x => x < 20 ? [60, 200, 40] : [40, 60, 200])).prompt, /pure magenta/)
})

t.test('without a key the image is sent as it is', async t => {
  const bytes = await png(() => [90, 90, 90])
  const [candidate] = plan(request({ operation: 'inpaint', images: [image(bytes)], mask, route: { unsupported: 'emulate' } }), [offer()], {}).candidates
  const inputs = await emulateInputs(candidate)
  t.equal(inputs.image.bytes, bytes)
  t.equal(inputs.prompt, 'a hat')
})

t.test('a background is asked for in the colour, and the image is sent as it is', async t => {
  const bytes = await png(() => [60, 200, 40])
  const [candidate] = plan(request({ operation: 'remove_background', images: [image(bytes)], route: { unsupported: 'emulate' } }), [offer()], {}).candidates
  const inputs = await emulateInputs(candidate)
  t.equal(inputs.image.bytes, bytes)
  t.match(inputs.prompt, /^Replace the whole background .* pure blue/)
})

t.test('the margin is what is added, and padding around it is none', async t => {
  const fit = {
    scaledTo: { width: 20, height: 10 },
    padding: { left: 0, right: 0, up: 2, down: 3 },
    size: { width: 20, height: 15 },
    loss: 0,
    margin: { left: 4, right: 6, up: 0, down: 1, fill: 'nearest' as const }
  }
  t.same(insideOf(fit), { scaledTo: { width: 10, height: 9 }, padding: { left: 4, right: 6, up: 2, down: 4 } })
  const { pixels, ...size } = maskOfMargin(fit)
  t.same(size, { width: 20, height: 15 })
  const rows = Array.from({ length: 15 }, (_, y) => [...pixels.subarray(y * 20, y * 20 + 20)].map(value => value === 255 ? '#' : '.').join(''))
  t.same(rows, [
    ...Array(2).fill('.'.repeat(20)), ...Array(9).fill(`####${'.'.repeat(10)}######`), '#'.repeat(20), ...Array(3).fill('.'.repeat(20))
  ])
})
