/** One case of the part `imaging`, in a process of its own: its arguments are side, side, format and repetitions, its output is JSON. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { adapt } from '../../core/adapt.ts'
import { configFrom } from '../../core/config.ts'
import { finishResult } from '../../core/finish-result.ts'
import { rawHeader } from '../../core/imaging/packed.ts'
import { render } from '../../core/imaging/render.ts'
import type { MediaType } from '../../core/model-card.ts'
import { plan } from '../../core/planner.ts'
import { prepareRequest } from '../../core/prepare.ts'
import type { EditInput } from '../../core/request.ts'
import { card, inputs, offer } from '../core/fixtures.ts'
import type { ImagingFigures } from './imaging.ts'
import { watchLoop } from './loop-watch.ts'
import { forgetPeak, memoryOf } from './proc.ts'
import { root } from './process.ts'

const [width, height, format, repetitions] = process.argv.slice(2)
const mediaTypes = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const
const mediaType = mediaTypes[format as keyof typeof mediaTypes] // The bench names no other.
const { limits, gates } = configFrom({})
const photo = readFileSync(join(root, 'test/examples/images/meadow.jpg'))

const fields: EditInput['fields'] = {
  image: 'image',
  mask: 'mask',
  background: 'background',
  lighting: 'lighting',
  prompt: 'prompt',
  searchPrompt: 'search_prompt',
  selectPrompt: 'select_prompt',
  expansion: 'expansion'
}
const formats: [MediaType, ...MediaType[]] = [mediaType, 'image/png']
const model = offer({
  card: card({
    operations: ['inpaint'],
    inputs: inputs({ formats, mask: 'white-edits', maxPixels: 4_194_304 }),
    outputs: { formats, size: { rule: 'input' }, alpha: false }
  })
})

interface Size { readonly width: number, readonly height: number }

async function makeInput (size: Size): Promise<EditInput> {
  const { width, height } = size
  return {
    operation: 'inpaint',
    fields,
    images: [await encode(sharp(photo).resize(width, height, { fit: 'cover' }))],
    mask: await sharp(ellipse(size), { raw: { width, height, channels: 1 } }).toColourspace('b-w').png().toBuffer(),
    prompt: 'a hat',
    parameters: {},
    output: { format: mediaType },
    route: {}
  }
}

/** White in the middle, an eighth of the area. */
function ellipse ({ width, height }: Size): Buffer {
  const pixels = Buffer.alloc(width * height)
  for (let y = 0; y < height; y++) {
    const across = Math.sqrt(Math.max(0, 0.04 - (y / height - 0.5) ** 2))
    pixels.fill(255, y * width + Math.round((0.5 - across) * width), y * width + Math.round((0.5 + across) * width))
  }
  return pixels
}

function encode (picture: Sharp): Promise<Buffer> {
  return picture.toFormat(format as keyof typeof mediaTypes, { quality: 92 }).toBuffer()
}

/** What goes to the model, and how its result is taken. */
async function prepare (input: EditInput) {
  const request = await prepareRequest(input, limits)
  const [candidate] = plan(request, [model], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  const { edit } = await adapt(candidate)
  return { candidate, edit }
}

async function edit (input: EditInput, made: Buffer): Promise<{ in: number, out: number, wall: number }> {
  const startedAt = performance.now()
  const start = process.cpuUsage()
  const { candidate } = await prepare(input)
  const half = process.cpuUsage(start)
  await finishResult({ images: [{ bytes: made }] }, candidate, {
    download: () => { throw new TypeError('nothing is to be downloaded') }, limits, gates, signal: AbortSignal.timeout(60_000), adaptations: []
  })
  const whole = process.cpuUsage(start)
  const taken = (half.user + half.system) / 1000
  return { in: taken, out: (whole.user + whole.system) / 1000 - taken, wall: performance.now() - startedAt }
}

/** The least that any edit takes: both pictures are decoded, and one is encoded as the kernel does it. */
async function codecAlone (): Promise<number> {
  const start = process.cpuUsage()
  const [{ data, info: { channels } }] = await Promise.all([input.images[0], result].map(async bytes => await sharp(bytes).raw().toBuffer({ resolveWithObject: true })))
  const header = rawHeader({ data: new Uint8Array(data.buffer as ArrayBuffer), width: Number(width), height: Number(height), channels: channels as 3 }, 'image') // of a decoder
  await render(header, { format: mediaType })
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** The fixed result of the model: what was sent to it, in other colours. */
async function makeResult (input: EditInput): Promise<Buffer> {
  const { edit: { images: [{ bytes }] } } = await prepare(input)
  return await encode(sharp(bytes).modulate({ hue: 40, brightness: 1.1 }))
}

const small = await makeInput({ width: 128, height: 96 })
const smallResult = await makeResult(small)
const input = await makeInput({ width: Number(width), height: Number(height) })
const result = await makeResult(input)
// Libraries and threads are there before memory is looked at.
await edit(small, smallResult)
const before = memoryOf(process.pid).now
forgetPeak(process.pid)
const longest = watchLoop()
await edit(input, result)
const memory = memoryOf(process.pid).peak - before
// A service that has run for a while: the first edits also compile what they use.
for (let repetition = 0; repetition < Number(repetitions); repetition++) await edit(input, result)
const samples = []
for (let repetition = 0; repetition < Number(repetitions); repetition++) samples.push(await edit(input, result))
const codec = []
for (let repetition = 0; repetition < Number(repetitions); repetition++) codec.push(await codecAlone())
const figures: ImagingFigures = { samples, codec, memory, stall: longest().work }
console.log(JSON.stringify(figures))
