import sharp from 'sharp'
import t from 'tap'
import { colourOf } from '../paint.ts'
import { complete, image, mask, resultPath, size, start, type Fields } from './client.ts'
import { ballPicture, decode, flatPicture, pixelAt } from './pictures.ts'

t.test('paints what the prompt says where the mask is white, and nowhere else', async t => {
  const { edit } = await start(t)
  const before = await decode(image)
  const after = await decode((await edit('inpaint', { ...complete.inpaint, grow_mask: '0' })).bytes)
  const { r, g, b } = colourOf('a green apple')
  t.same(pixelAt(after, 0, 0), pixelAt(before, 0, 0))
  t.same(pixelAt(after, 95, 79), pixelAt(before, 95, 79))
  const middle = Array.from({ length: 30 }, (_, index) => pixelAt(after, 48, 25 + index))
  t.ok(middle.some(pixel => `${pixel}` === `${[r, g, b]}`))

  const grown = await decode((await edit('inpaint', { ...complete.inpaint, grow_mask: '5' })).bytes)
  t.same(pixelAt(after, 48, 17), pixelAt(before, 48, 17))
  t.notSame(pixelAt(grown, 48, 17), pixelAt(before, 48, 17))

  const transparent = await decode((await edit('inpaint', { prompt: 'a green apple', image: await ballPicture(size, true), grow_mask: '0' })).bytes)
  t.equal(transparent.info.channels, 3)
  t.notSame(pixelAt(transparent, 2, 2), pixelAt(before, 2, 2))
  t.same(pixelAt(transparent, 90, 2), pixelAt(before, 90, 2))
})

t.test('erases with what is around', async t => {
  const { edit } = await start(t)
  const after = await decode((await edit('erase', { image, mask })).bytes)
  const [red = 0, green = 0, blue = 0] = pixelAt(after, 48, 40)
  t.ok(green > 150 && blue > 150 && red < 230, `${red}, ${green}, ${blue}`)
})

t.test('grows the canvas by what each side asks for, and leaves the picture in its place', async t => {
  const { edit } = await start(t)
  const after = await decode((await edit('outpaint', { image, left: '10', right: '20', up: '30', down: '5' })).bytes)
  t.match(after.info, { width: 126, height: 115 })
  t.same(pixelAt(after, 10 + 48, 30 + 40), pixelAt(await decode(image), 48, 40))
  t.notSame(pixelAt(after, 5, 5), pixelAt(await decode(image), 0, 0))
})

t.test('replaces and recolors a place that depends on what is searched', async t => {
  const { edit } = await start(t)
  const before = await decode(image)
  for (const [name, field] of [['search-and-replace', 'search_prompt'], ['search-and-recolor', 'select_prompt']] as const) {
    const one = await edit(name, { image, prompt: 'blue', [field]: 'ball', seed: '1' })
    const other = await edit(name, { image, prompt: 'blue', [field]: 'wall', seed: '1' })
    const after = await decode(one.bytes)
    t.match(after.info, size)
    t.notOk(one.bytes.equals(other.bytes))
    t.same(pixelAt(after, 0, 0), pixelAt(before, 0, 0))
    t.notOk(after.data.equals(before.data))
  }
})

t.test('cuts the subject out', async t => {
  const { edit } = await start(t)
  const after = await decode((await edit('remove-background', { image })).bytes)
  t.same(pixelAt(after, 48, 40), [200, 40, 40, 255])
  t.equal(pixelAt(after, 3, 3)[3], 0)
  const flat = await decode((await edit('remove-background', { image: await flatPicture(size, [90, 120, 150]) })).bytes)
  t.equal(pixelAt(flat, 48, 40)[3], 255)
  t.equal(pixelAt(flat, 3, 3)[3], 0)
})

t.test('scales results above four megapixels down, or every result to it', async t => {
  const large = { image: await flatPicture({ width: 2600, height: 2000 }, [90, 120, 150]), mask }
  const { edit } = await start(t)
  t.match(await sharp((await edit('erase', large)).bytes).metadata(), { width: 2335, height: 1796 })
  t.match(await sharp((await edit('erase', { image, mask })).bytes).metadata(), size)
  const always = await start(t, { megapixels: 'always' })
  t.match(await sharp((await always.edit('erase', { image, mask })).bytes).metadata(), { width: 2243, height: 1869 })
})

t.test('relights in time: the light comes from its side, the background may stay', async t => {
  let now = 1_000_000
  const { edit, send } = await start(t, { jobMs: 500, jobPolls: 0, now: () => now })
  const relit = async (fields: Fields) => {
    const { json } = await edit('replace-background-and-relight', { subject_image: image, background_prompt: 'a beach', ...fields })
    const path = resultPath({ json })
    t.equal((await send(path)).status, 202)
    now += 500
    return await decode((await send(path)).bytes)
  }
  const sum = (pixel: number[]) => pixel.reduce((a, b) => a + b)
  const kept = { keep_original_background: 'true', light_source_strength: '0.8' }
  const places = { left: [2, 40], right: [93, 40], above: [48, 2], below: [48, 77] } as const
  const opposite = { left: 'right', right: 'left', above: 'below', below: 'above' } as const
  for (const direction of ['left', 'right', 'above', 'below'] as const) {
    const picture = await relit({ ...kept, light_source_direction: direction })
    const [near, far] = [places[direction], places[opposite[direction]]].map(([x, y]) => sum(pixelAt(picture, x, y)))
    t.ok(Number(near) > Number(far) + 100, direction)
  }
  const dark = await relit({ light_source_direction: 'left', preserve_original_subject: '1' })
  t.same(pixelAt(dark, 48, 40), [200, 40, 40])
})
