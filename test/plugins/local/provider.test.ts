import { createHash } from 'node:crypto'
import { pino } from 'pino'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { EditContext, EncodedImage, Operation, ProviderEdit } from '../../../core/index.ts'
import { cards } from '../../../plugins/local/cards.ts'
import { createPool } from '../../../plugins/local/pool.ts'
import { createLocal } from '../../../plugins/local/provider.ts'
import { ball, flat } from './swatches.ts'

const size = { width: 64, height: 48 }

async function encode ({ data } = ball(size.width, size.height, [210, 40, 40], [205, 205, 200])): Promise<EncodedImage> {
  return { bytes: await sharp(data, { raw: { ...size, channels: 4 } }).png().toBuffer(), mediaType: 'image/png', ...size }
}

async function edit (operation: Operation, inputs: Partial<ProviderEdit> = {}): Promise<ProviderEdit> {
  const card = cards.find(({ operations }) => operations.includes(operation)) ?? cards[0]
  return { operation, model: card.id, card, images: [await encode()], parameters: {}, output: { format: 'image/png' }, ...inputs }
}

const log = pino({ level: 'silent' })

const context = (signal = new AbortController().signal): EditContext =>
  ({ signal, log, deadlineAt: Date.now() + 60_000, attemptId: 'attempt-1' })

function open (t: Test) {
  const pool = createPool({ threads: 1, log })
  t.after(async () => await pool.close())
  return { pool, provider: createLocal({ pool, threads: 1, EditError }) }
}

async function run (t: Test, request: ProviderEdit) {
  const submission = await open(t).provider.submit(request, context())
  if (submission.state !== 'done') throw new Error('it is not done')
  const [image] = submission.result.images
  if (!('bytes' in image)) throw new Error('there are no bytes')
  return { ...submission.result, ...await sharp(image.bytes).metadata() }
}

t.test('answers every operation with a PNG', async t => {
  const background = await encode(flat(size.width, size.height, [20, 60, 200]))
  const levels = Uint8Array.from({ length: 64 * 48 }, (_, index) => index % 64 < 8 ? 255 : 0)
  const bytes = await sharp(levels, { raw: { ...size, channels: 1 } }).toColourspace('b-w').png().toBuffer()
  const inputs: Partial<Record<Operation, Partial<ProviderEdit>>> = {
    erase: { mask: { bytes, mediaType: 'image/png', ...size } },
    outpaint: { expansion: { left: 4, right: 4, up: 0, down: 0 } },
    relight: { background, lighting: background },
    search_recolor: { selectPrompt: 'red', prompt: 'blue' },
    general_edit: { prompt: 'darker' }
  }
  for (const { operations: [operation] } of cards) {
    const result = await run(t, await edit(operation, inputs[operation]))
    t.match(result, { format: 'png', height: 48, width: operation === 'outpaint' ? 72 : 64 }, operation)
  }
})

t.test('says with which seed, when one was named', async t => {
  const expansion = { left: 4, right: 0, up: 0, down: 0 }
  t.equal((await run(t, await edit('outpaint', { expansion, parameters: { seed: 7 } }))).seed, 7)
  t.equal((await run(t, await edit('outpaint', { expansion }))).seed, undefined)
})

t.test('warns that recolouring knows colours and no objects', async t => {
  t.match(await run(t, await edit('search_recolor', { selectPrompt: 'the red car', prompt: 'blue' })), { warnings: [/^of the prompts only the colours/] })
  t.match(await run(t, await edit('general_edit', { prompt: 'darker' })), { warnings: [] })
})

t.test('a refusal is a limit of this provider, with its reason', async t => {
  const { provider } = open(t)
  await t.rejects(provider.submit(await edit('general_edit', { prompt: 'add a dragon' }), context()), {
    name: 'EditError', code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', message: /^"dragon" is not in the vocabulary of local edits; known: /, billed: 'no'
  })
  await t.rejects(provider.submit(await edit('search_recolor', { selectPrompt: 'green', prompt: 'blue' }), context()), {
    code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', message: 'no green was found in the image'
  })
})

t.test('a failure costs nothing, and its cause is kept for the log', async t => {
  const broken = { ...await encode(), bytes: Buffer.from('no image at all') }
  await t.rejects(open(t).provider.submit(await edit('general_edit', { images: [broken], prompt: 'darker' }), context()), {
    code: 'EDIT_ERR_PROVIDER_RESPONSE', message: 'the edit failed on this machine', billed: 'no', cause: { message: /unsupported image format/ }
  })
})

t.test('rejects with the reason of its signal, before and while it works', async t => {
  const { provider } = open(t)
  const gone = new Error('the caller has gone')
  const request = await edit('general_edit', { prompt: 'blur by 100 %' })
  t.equal(await provider.submit(request, context(AbortSignal.abort(gone))).then(() => 'done', reason => reason), gone)
  await provider.submit(request, context())
  const controller = new AbortController()
  const running = provider.submit({ ...request, prompt: Array.from({ length: 200 }, () => 'blur').join(', ') }, context(controller.signal))
  setImmediate(() => controller.abort(gone))
  t.equal(await running.then(() => 'done', reason => reason), gone)
})

t.test('the request stays as it is, bytes too', async t => {
  const request = await edit('general_edit', { prompt: 'invert' })
  const hash = () => createHash('sha256').update(request.images[0].bytes).digest('hex')
  const before = hash()
  await run(t, Object.freeze(request))
  t.equal(hash(), before)
})

t.test('takes as many edits at once as it has threads', async t => {
  const { pool } = open(t)
  t.match(createLocal({ pool, threads: 3, EditError }), { name: 'local', vendor: 'local', maxConcurrent: 3, models: cards })
})
