import sharp, { type Color } from 'sharp'
import t from 'tap'
import { configFrom } from '../../core/config.ts'
import { prepareRequest } from '../../core/prepare.ts'
import type { EditInput } from '../../core/request.ts'
import type { SentInput, SentPicture } from '../../core/sent-pictures.ts'

const { limits } = configFrom({})
const fields = {
  image: 'image_base64',
  mask: 'mask_base64',
  background: 'background_image_base64',
  lighting: 'lighting_image_base64',
  prompt: 'prompt',
  searchPrompt: 'search_prompt',
  selectPrompt: 'select_prompt',
  expansion: 'expand_left, expand_right, expand_up or expand_down'
}
const create = (background: Color, channels: 3 | 4 = 3) =>
  sharp({ create: { width: 8, height: 6, channels, background } }).png().toBuffer()
const png = await create('#369')
const white = await create('#fff')
const none = { left: 0, right: 0, up: 0, down: 0 }

const prepare = (changes: Partial<EditInput>) => prepareRequest({
  operation: 'general_edit', fields, images: [png], prompt: 'a hat', parameters: {}, output: { format: 'image/png' }, route: {}, ...changes
}, limits)

t.test('a request is canonical and frozen', async t => {
  const request = await prepare({ parameters: { seed: 1 }, route: { provider: 'acme' } })
  t.match(request, {
    operation: 'general_edit',
    prompt: 'a hat',
    parameters: { seed: 1 },
    route: { provider: 'acme' },
    warnings: [],
    images: [{ mediaType: 'image/png', width: 8, height: 6 }]
  })
  for (const part of [request, request.images, request.parameters, request.output, request.route, request.warnings]) t.ok(Object.isFrozen(part))
  t.notOk('mask' in request || 'expansion' in request)
})

t.test('every input that the operation uses is there', async t => {
  t.match(await prepare({ operation: 'relight', background: png, lighting: white }), { background: { width: 8 }, lighting: { width: 8 } })
  t.match(await prepare({ operation: 'search_replace', searchPrompt: 'cat' }), { searchPrompt: 'cat' })
  t.match(await prepare({ operation: 'search_recolor', selectPrompt: 'cat' }), { selectPrompt: 'cat' })
  t.match(await prepare({ operation: 'outpaint', expansion: { ...none, up: 5 } }), { expansion: { up: 5 } })
  t.notOk('prompt' in await prepare({ operation: 'outpaint', expansion: { ...none, up: 5 }, prompt: ' ' }), 'blank text is none')
  t.match(await prepare({ mask: white }), { mask: { width: 8, height: 6 } })
  t.equal((await prepare({ images: [png, white] })).images.length, 2)
})

t.test('a picture at an address is fetched when all else is right, and only where the operation uses it', async t => {
  const asked: SentPicture[] = []
  const at = (url: string) => ({ url, field: url })
  const prepareSent = (changes: Partial<SentInput>) => prepareRequest({
    operation: 'general_edit', fields, images: [at('image')], prompt: 'a hat', parameters: {}, output: { format: 'image/png' }, route: {}, ...changes
  }, limits, async pictures => {
    asked.push(...pictures)
    return pictures.map(picture => Buffer.isBuffer(picture) ? picture : png)
  })
  for (const wrong of [{ prompt: '' }, { count: 11 }, { output: { format: 'image/jpeg', background: 'transparent' } }, { operation: 'relight' }] as const) {
    await t.rejects(prepareSent(wrong), { code: 'EDIT_ERR_INVALID_REQUEST' })
  }
  t.same(asked, [])
  t.match(await prepareSent({ mask: at('mask') }), { images: [{ width: 8 }], mask: { width: 8 } })
  t.same(asked.splice(0), [at('image'), at('mask')])
  const { images, warnings } = await prepareSent({ operation: 'remove_background', images: [at('image'), at('reference')], prompt: undefined, mask: at('mask'), lighting: at('lighting') })
  t.same(asked, [at('image')])
  t.equal(images.length, 1)
  t.match(warnings, [/^mask_base64 is ignored/, /^lighting_image_base64 is ignored/, /^all images but the first are ignored/])
  await t.rejects(prepareRequest({ operation: 'remove_background', fields, images: [at('image_url')], parameters: {}, output: { format: 'image/png' }, route: {} }, limits), { code: 'EDIT_ERR_INVALID_REQUEST', details: { field: 'image_url' } }, 'nobody is asked where nobody was named')
})

t.test('a mask is read by its alpha alone where the face says so', async t => {
  const clear = await sharp({ create: { width: 8, height: 6, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 1 } } })
    .composite([{ input: await sharp({ create: { width: 4, height: 6, channels: 4, background: '#fff' } }).png().toBuffer(), left: 0, top: 0, blend: 'dest-out' }]).png().toBuffer()
  const { mask } = await prepare({ mask: clear, maskReading: 'alpha' })
  t.same([...mask?.pixels ?? []].slice(0, 8), [255, 255, 255, 255, 0, 0, 0, 0])
  await t.rejects(prepare({ mask: white, maskReading: 'alpha' }), { code: 'EDIT_ERR_INVALID_REQUEST', message: /^mask_base64: has no alpha channel/ })
})

const missing: Array<[string, Partial<EditInput>, string[]]> = [
  ['an image', { images: [] }, ['image_base64']],
  ['a prompt', { prompt: ' ' }, ['prompt']],
  ['a prompt to inpaint', { operation: 'inpaint', prompt: undefined }, ['prompt']],
  ['a search prompt', { operation: 'search_replace' }, ['search_prompt']],
  ['a select prompt', { operation: 'search_recolor' }, ['select_prompt']],
  ['a background or lighting image', { operation: 'relight' }, ['background_image_base64', 'lighting_image_base64']],
  ['both prompts', { operation: 'search_replace', prompt: '' }, ['prompt', 'search_prompt']],
  ['an expansion', { operation: 'outpaint' }, [fields.expansion]],
  ['an expansion above nothing', { operation: 'outpaint', expansion: none }, [fields.expansion]],
  ['a mask', { operation: 'erase' }, ['mask_base64']]
]
for (const [title, changes, names] of missing) {
  t.test(`${title} that the operation needs and that is missing is named`, async t => {
    await t.rejects(prepare(changes), { code: 'EDIT_ERR_INVALID_REQUEST', details: { missing: names } })
  })
}

t.test('what the operation does not use is ignored with a warning, and not even decoded', async t => {
  const { warnings, ...request } = await prepare({
    operation: 'remove_background', mask: Buffer.from('junk'), background: Buffer.from('junk'), expansion: { ...none, up: 1 }, images: [png, Buffer.from('junk')]
  })
  t.same(warnings, [
    'prompt is ignored: remove_background does not use it',
    'mask_base64 is ignored: remove_background does not use it',
    'background_image_base64 is ignored: remove_background does not use it',
    `${fields.expansion} is ignored: remove_background does not use it`,
    'all images but the first are ignored: remove_background edits one'
  ])
  t.same(Object.keys(request).toSorted(), ['count', 'images', 'operation', 'output', 'parameters', 'route'])
})

t.test('for inpaint and erase the image\'s own transparency is the mask when none is sent', async t => {
  const glass = await create({ r: 9, g: 9, b: 9, alpha: 0 }, 4)
  const { mask, warnings } = await prepare({ operation: 'erase', images: [glass] })
  t.equal(mask?.pixels[0], 255)
  t.match(warnings, [/mask_base64 is missing: the transparent part of the image is edited/])
  t.notOk('mask' in await prepare({ images: [glass] }), 'other operations edit the whole')
  t.notOk('mask' in await prepare({ operation: 'inpaint' }), 'an opaque image has none')
})

t.test('the mask grows and fades out as asked, also that of the image\'s own transparency', async t => {
  const dot = await sharp({ create: { width: 9, height: 1, channels: 3, background: '#000' } }).composite([
    { input: { create: { width: 1, height: 1, channels: 3, background: '#fff' } }, left: 4, top: 0 }
  ]).png().toBuffer()
  const line = await sharp({ create: { width: 9, height: 1, channels: 3, background: '#369' } }).png().toBuffer()
  const pixels = async (changes: Partial<EditInput>) => [...(await prepare({ images: [line], mask: dot, ...changes })).mask?.pixels ?? []]
  t.same(await pixels({}), [0, 0, 0, 0, 255, 0, 0, 0, 0])
  t.match(await prepare({ images: [line], mask: dot }), { mask: { box: { left: 4, top: 0, width: 1, height: 1 } } })
  t.match(await prepare({ images: [line], mask: dot, maskGrow: 2 }), { mask: { box: { left: 2, top: 0, width: 5, height: 1 } } })
  const [square, speck] = await Promise.all([[], [{ input: dot, left: 100, top: 100 }]].map(async parts =>
    await sharp({ create: { width: 200, height: 200, channels: 3, background: '#000' } }).composite(parts).png().toBuffer()))
  t.equal((await prepare({ images: [square], mask: speck, maskFeather: 100 })).mask?.box, undefined, 'faded out to nothing')
  t.same(await pixels({ maskGrow: 2 }), [0, 0, 255, 255, 255, 255, 255, 0, 0])
  t.same(await pixels({ maskGrow: 2, maskFeather: 1 }), [0, 85, 170, 255, 255, 255, 170, 85, 0])
  const alphas = [255, 255, 255, 255, 0, 255, 255, 255, 255]
  const holed = await sharp(Buffer.from(alphas.flatMap(alpha => [9, 9, 9, alpha])), { raw: { width: 9, height: 1, channels: 4 } }).png().toBuffer()
  t.same(await pixels({ operation: 'erase', images: [holed], mask: undefined, maskGrow: 1 }), [0, 0, 0, 255, 255, 255, 0, 0, 0])
  t.match(await prepare({ maskFeather: 3 }), { mask: undefined, warnings: ['mask_base64 is missing: there is nothing to grow or to feather'] })
})

t.test('a mask that marks nothing is refused by the name of its field, and where masks are ignored it is', async t => {
  const black = await create('#000')
  await t.rejects(prepare({ mask: black }), { code: 'EDIT_ERR_INVALID_REQUEST', message: /^mask_base64: marks nothing/, details: { field: 'mask_base64' } })
  await t.resolves(prepare({ operation: 'remove_background', mask: black, maskGrow: 3 }))
})

t.test('an image that is none is refused by the name of its field', async t => {
  await t.rejects(prepare({ images: [Buffer.from('junk')] }), { message: /image_base64/ })
  await t.rejects(prepare({ mask: Buffer.from('junk') }), { message: /mask_base64/ })
  await t.rejects(prepare({ operation: 'relight', lighting: Buffer.from('junk') }), { message: /lighting_image_base64/ })
})

t.test('credits are read from the image as it came, where they are wished', async t => {
  const credited = await sharp(png).withMetadata({ orientation: 6 }).withExifMerge({ IFD0: { Copyright: 'me' } }).jpeg().toBuffer()
  t.match(await prepare({ images: [credited], output: { format: 'image/png', keepMetadata: true } }), { credits: { IFD0: { Copyright: 'me' } }, images: [{ width: 6, height: 8 }] })
  t.notOk('credits' in await prepare({ images: [credited] }))
  t.notOk('credits' in await prepare({ output: { format: 'image/png', keepMetadata: true } }))
})

t.test('a wish for the output that cannot be met is refused before a pixel is touched', async t => {
  await t.rejects(prepare({ images: [Buffer.from('junk')], output: { format: 'image/png', size: { width: 0, height: 1 } } }), { code: 'EDIT_ERR_INVALID_REQUEST' })
})

t.test('how many results there shall be is one unless said otherwise, and refused beyond ten', async t => {
  t.equal((await prepare({})).count, 1)
  t.equal((await prepare({ count: 10 })).count, 10)
  for (const count of [0, -1, 1.5, 11, Number.NaN]) await t.rejects(prepare({ count }), { code: 'EDIT_ERR_INVALID_REQUEST', message: 'count: it is an integer from 1 to 10', details: { field: 'count' } })
  await t.rejects(prepare({ count: 11, fields: { ...fields, count: 'n' } }), { code: 'EDIT_ERR_INVALID_REQUEST', details: { field: 'n' } })
})

t.test('a reference that is no image is named as the caller named it', async t => {
  const images = [png, png, Buffer.from('junk')]
  await t.rejects(prepare({ operation: 'general_edit', images }), { code: 'EDIT_ERR_IMAGE_UNSUPPORTED', details: { field: 'image_base64' } })
  await t.rejects(prepare({ operation: 'general_edit', images, fields: { ...fields, images: ['a', 'b', 'c'] } }), { code: 'EDIT_ERR_IMAGE_UNSUPPORTED', details: { field: 'c' } })
})
