import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import sharpAlone from 'sharp'
import t from 'tap'
import { configFrom } from '../../../core/config.ts'
import { readHeader } from '../../../core/imaging/header.ts'
import { storePng } from '../../../core/imaging/png-store.ts'
import { loadSharp } from '../../../core/imaging/sharp.ts'

const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'

t.test('no image is admitted before what sharp may open is set, as that fails whoever decodes just then', async t => {
  const plain = storePng({ data: Buffer.alloc(3), width: 1, height: 1, channels: 3 }, undefined)
  const svg = () => sharpAlone(Buffer.from(drawing)).metadata()
  t.match(await svg(), { format: 'svg' })
  t.match(await readHeader(Buffer.from(plain), 'image', configFrom({}).limits), { mediaType: 'image/png' })
  await t.rejects(svg(), 'though its own header was read without sharp')
})

t.test('sharp is loaded once, and opens no SVG', async t => {
  const sharp = loadSharp()
  t.equal(loadSharp(), sharp)
  t.equal(sharp.concurrency(), 1)
  await t.rejects(sharp(Buffer.from(drawing)).metadata())
})

t.test('a thread that starts sets nothing anew, as that would fail whoever decodes just then, and opens no SVG either', async t => {
  const own = new URL('../../../core/imaging/sharp.ts', import.meta.url).href
  const start = async () => {
    const worker = new Worker(`import(${JSON.stringify(own)}).then(async ({ loadSharp }) => {
      const opened = await loadSharp()(Buffer.from(${JSON.stringify(drawing)})).metadata().then(() => true, () => false)
      require('node:worker_threads').parentPort.postMessage(opened)
    })`, { eval: true })
    const [[opened]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
    return opened
  }
  t.equal(await start(), false)
  const svg = { operation: ['VipsForeignLoadSvgBuffer'] }
  sharpAlone.unblock(svg)
  t.after(() => sharpAlone.block(svg))
  t.equal(await start(), true, 'it is as this thread has left it')
})
