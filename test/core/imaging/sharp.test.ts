import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import sharpAlone from 'sharp'
import t from 'tap'
import { configFrom } from '../../../core/config.ts'
import { readHeader } from '../../../core/imaging/header.ts'
import { storePng } from '../../../core/imaging/png-store.ts'
import { loadSharp } from '../../../core/imaging/sharp.ts'

t.test('no image is admitted before what sharp may open is set, as that fails whoever decodes just then', async t => {
  const plain = storePng({ data: Buffer.alloc(3), width: 1, height: 1, channels: 3 }, undefined)
  const svg = () => sharpAlone(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).metadata()
  t.match(await svg(), { format: 'svg' })
  t.match(await readHeader(Buffer.from(plain), 'image', configFrom({}).limits), { mediaType: 'image/png' })
  await t.rejects(svg(), 'though its own header was read without sharp')
})

t.test('sharp is loaded once, and opens no SVG', async t => {
  const sharp = loadSharp()
  t.equal(loadSharp(), sharp)
  t.equal(sharp.concurrency(), 1)
  await t.rejects(sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).metadata())
})

t.test('a thread that starts fails nobody who is decoding, and opens no SVG either', async t => {
  const sharp = loadSharp()
  const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#369' } }).png().toBuffer()
  const own = new URL('../../../core/imaging/sharp.ts', import.meta.url).href
  const thread = `import(${JSON.stringify(own)}).then(async ({ loadSharp }) => {
    const opened = await loadSharp()(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).metadata().then(() => true, () => false)
    require('node:worker_threads').parentPort.postMessage(opened)
  })`
  const failures: unknown[] = []
  const done = new AbortController()
  const decode = async () => {
    while (!done.signal.aborted) await sharp(image).raw().toBuffer().catch(error => failures.push(error))
  }
  const decoding = [decode(), decode(), decode()]
  for (let count = 0; count < 20; count++) {
    const worker = new Worker(thread, { eval: true })
    const [[opened]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
    t.equal(opened, false)
  }
  done.abort()
  await Promise.all(decoding)
  t.same(failures, [])
})
