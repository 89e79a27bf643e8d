import sharp from 'sharp'
import t from 'tap'
import { onBackdrop } from './backdrop.ts'
import { createHuggingFaceEmulator } from './huggingface/index.ts'
import { behave, fade, seededManners, type Habits } from './manners.ts'
import { draw, toPixels } from './paint.ts'
import { createStabilityEmulator } from './stability/index.ts'
import { ballMask, ballPicture } from './stability/pictures.ts'
import { createWavespeedEmulator } from './wavespeed/index.ts'

const honest: Habits = { size: { width: 12, height: 10 }, shift: { x: 0, y: 0 }, gain: [1, 1, 1], offset: [0, 0, 0], recode: null }
const picture = draw({ width: 12, height: 10 }, 4, (x, y) => [x * 10, y * 20, 100, x * 20])

t.test('no habit leaves a picture as it is, and each one does what it says', async t => {
  t.ok((await behave(picture, honest)).data.equals(picture.data))
  const moved = await behave(picture, { ...honest, shift: { x: 1, y: 0.5 } })
  t.same([...moved.data.subarray((3 * 12 + 5) * 4, (3 * 12 + 6) * 4)], [40, 50, 100, 80], 'what was one to the left and half a pixel above')
  const toned = await behave(picture, { ...honest, gain: [2, 1, 1], offset: [0, -20, 200] })
  t.same([...toned.data.subarray((3 * 12 + 5) * 4, (3 * 12 + 6) * 4)], [100, 40, 255, 100], 'transparency has no tone')
  const sized = await behave(picture, { ...honest, size: { width: 24, height: 16 }, recode: { format: 'jpeg', quality: 80 } })
  t.match(sized.info, { width: 24, height: 16, channels: 4 })
  const recoded = await behave(await toPixels(sharp(picture.data, { raw: picture.info }).removeAlpha()), { ...honest, recode: { format: 'webp', quality: 75 } })
  t.equal(recoded.info.channels, 3)
})

t.test('habits are the same again for the same seed and key, and never leave a tone as it is', async t => {
  const manners = seededManners(7, { sizes: 'class' })
  const size = { width: 640, height: 480 }
  t.same(manners.habitsOf(size, 'a'), seededManners(7, { sizes: 'class' }).habitsOf(size, 'a'))
  t.notSame(manners.habitsOf(size, 'a'), seededManners(8, { sizes: 'class' }).habitsOf(size, 'a'))
  for (const key of 'abcdefghijklmnop') {
    const { size: { width, height }, shift, offset } = manners.habitsOf(size, key)
    t.ok([width, height].every(side => side % 8 === 0) && Math.abs(width * height / 1024 / 1024 - 1) < 0.1, `${width}×${height}`)
    t.ok(Math.abs(shift.x) <= 1 && Math.abs(shift.y) <= 1 && Math.abs(offset[0]) > 4)
    t.same(seededManners(7, { sizes: 'kept' }).habitsOf(size, key).size, size)
    t.same(seededManners(7, { sizes: 'steps' }).habitsOf({ width: 643, height: 321 }, key).size, { width: 640, height: 320 })
    t.same(seededManners(7, { sizes: 'class' }).habitsOf({ width: 643, height: 30 }, key).size, { width: 643, height: 30 })
  }
})

t.test('a region that fades is whole at its heart and nothing at its edge; a stroke without a heart stays', async t => {
  const disc = draw({ width: 60, height: 60 }, 1, (x, y) => [Math.hypot(x - 30, y - 30) < 20 ? 255 : 0])
  const { data } = await fade(disc)
  t.ok(data.readUInt8(30 * 60 + 30) > 250 && data.readUInt8(30 * 60 + 11) < 40 && data.readUInt8(30 * 60 + 5) === 0)
  const dot = draw({ width: 60, height: 60 }, 1, (x, y) => [x === 30 && y === 30 ? 255 : 0])
  t.ok((await fade(dot)).data.equals(dot.data))
})

t.test('every vendor\'s emulator can have manners, and its API does not show them', async t => {
  const size = { width: 320, height: 256 }
  const [image, mask] = await Promise.all([ballPicture(size), ballMask(size)])
  const manners = seededManners(1, { sizes: 'steps', gentle: true })
  const stability = await createStabilityEmulator({ manners })
  t.after(() => stability.close())
  for (const [endpoint, fields] of Object.entries({ inpaint: { prompt: 'green' }, erase: {}, outpaint: { left: '32' } })) {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('image', new Blob([new Uint8Array(image)]))
    if (endpoint !== 'outpaint') form.set('mask', new Blob([new Uint8Array(mask)]))
    const answer = await fetch(`${stability.url}/v2beta/stable-image/edit/${endpoint}`, { method: 'POST', headers: { authorization: `Bearer ${stability.key}`, accept: 'image/*' }, body: form })
    t.equal(answer.status, 200)
    const { data, info } = await toPixels(sharp(Buffer.from(await answer.arrayBuffer())))
    t.match(info, { width: endpoint === 'outpaint' ? 352 : 320, height: 256, channels: 3 })
    const was = await toPixels(sharp(image))
    t.notOk(data.subarray(-30).equals(was.data.subarray(-30)), 'the corner has another tone')
  }

  const wavespeed = await createWavespeedEmulator({ manners: seededManners(1, { sizes: 'kept' }) })
  t.after(() => wavespeed.close())
  const url = `data:image/png;base64,${image.toString('base64')}`
  const create = async (seed: number) => {
    const answer = await fetch(`${wavespeed.url}/api/v3/wavespeed-ai/qwen-image/edit-plus`, {
      method: 'POST',
      headers: { authorization: `Bearer ${wavespeed.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'green', images: [url], size: '320*256', seed, enable_sync_mode: true, enable_base64_output: true, output_format: 'png' })
    })
    return await toPixels(sharp(Buffer.from((await answer.json() as { data: { outputs: [string] } }).data.outputs[0], 'base64')))
  }
  t.match((await create(1)).info, { width: 320, height: 256 })

  const huggingface = await createHuggingFaceEmulator({ manners: seededManners(1, { sizes: 'class', area: 256 * 256 }) })
  t.after(() => huggingface.close())
  const answer = await fetch(`${huggingface.url}/fal-ai/fal-ai/qwen-image-edit`, {
    method: 'POST',
    headers: { authorization: `Bearer ${huggingface.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'green', image_url: url, sync_mode: true })
  })
  const { images: [made] } = await answer.json() as { images: [{ width: number, height: number }] }
  t.ok(made.width % 8 === 0 && made.height % 8 === 0 && Math.abs(made.width * made.height / 65536 - 1) < 0.15, `${made.width}×${made.height}`)
})

t.test('who is told to lay the subject on a flat colour does so, and other words mean nothing of the kind', async t => {
  const { data, info } = draw({ width: 40, height: 40 }, 3, () => [200, 10, 20])
  const laid = onBackdrop({ data, info }, 'Replace the background with one completely flat, even color, pure blue (#0000ff).')
  t.same([...laid?.data.subarray(0, 3) ?? []], [0, 0, 255])
  t.same([...laid?.data.subarray((20 * 40 + 20) * 3, (20 * 40 + 20) * 3 + 3) ?? []], [200, 10, 20])
  t.equal(onBackdrop({ data, info }, 'a flat blue sea'), undefined)
})
