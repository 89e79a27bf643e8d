import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { AnswerReader } from './answer-reader.ts'
import { cellsOf } from './cells.ts'
import { sendAll, sendOne } from './client.ts'
import { madeImage, noise, sentImage } from './images.ts'
import { watchLoop } from './loop-watch.ts'
import { cpuBetween, forgetPeak, memoryOf, readClock } from './proc.ts'
import { imageOf, requestOf } from './requests.ts'
import { median, pairedRatio, quantile, range, rotated } from './statistics.ts'

t.test('medians, quantiles and paired ratios are what they say', async t => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(quantile([4, 1, 3, 2], 0.5), 2)
  t.equal(quantile([4, 1, 3, 2], 0.99), 4)
  t.equal(range([3, 1, 2], 1), '2.0 [1.0..3.0]')
  t.equal(pairedRatio([2, 30, 4], [1, 10, 4]), 2, 'by repetition: not the ratio of the medians')
  t.same([0, 1, 2, 3].map(by => rotated(['a', 'b', 'c'], by).join('')), ['abc', 'bca', 'cab', 'abc'])
  t.same([median([]), quantile([], 0.5), rotated([], 1)], [NaN, NaN, []])
})

t.test('an answer is read the same in whatever pieces it comes', async t => {
  const answers = {
    length: 'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world',
    chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5;x=y\r\nworld\r\n0\r\nx-sum: 1\r\n\r\n',
    none: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'
  }
  for (const [name, text] of Object.entries(answers)) {
    const bytes = Buffer.from(text)
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new AnswerReader(true)
      for (let at = 0; at < bytes.length; at += size) {
        t.notOk(reader.done)
        reader.read(bytes.subarray(at, at + size))
      }
      const body = name === 'none' ? '' : 'hello world'
      t.match(reader, { done: true, status: 200, length: body.length, closes: false })
      t.equal(reader.body.toString(), body, `${name} in pieces of ${size}`)
    }
  }
})

t.test('an answer without a length ends with its connection, one with a length does not', async t => {
  const open = new AnswerReader(true)
  open.read(Buffer.from('HTTP/1.1 502 Bad\r\nConnection: close\r\n\r\nbro'))
  open.read(Buffer.from('ken'))
  t.match(open, { done: false, status: 502, closes: true })
  open.end()
  t.ok(open.done)
  t.equal(open.body.toString(), 'broken')
  const cut = new AnswerReader(false)
  cut.read(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'))
  cut.end()
  t.match(cut, { done: false, length: 4 })
  t.equal(cut.body.length, 0, 'a body that is not wanted is not kept')
})

t.test('what is no answer, or more than one, is an error', async t => {
  const read = (text: string) => new AnswerReader(false).read(Buffer.from(text))
  t.throws(() => read('GET / HTTP/1.1\r\n\r\n'), /is no answer/)
  t.throws(() => read('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab'), /more than one/)
  t.throws(() => read('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'), /no size of a chunk/)
})

async function serve (t: Pick<Test, 'after'>, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  t.after(() => { server.closeAllConnections(); server.close() })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port // It listens on TCP.
}

const get = [Buffer.from('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n'), Buffer.from('hi')]

t.test('so many requests are sent as were asked for, and so many at once', async t => {
  let [now, most, all] = [0, 0, 0]
  const port = await serve(t, async (request, reply) => {
    most = Math.max(most, ++now)
    all++
    let body = ''
    for await (const part of request) body += part
    await delay(5)
    now--
    reply.end(`${body}!`)
  })
  const { times, shortest } = await sendAll({ port, request: get, concurrency: 4, total: 30, capMs: 60_000 })
  t.match([times.length, shortest, most, all], [30, 3, 4, 30])
  t.match(await sendOne(port, get), { status: 200, body: Buffer.from('hi!') })
  const none = await sendAll({ port, request: get, concurrency: 4, total: 30, capMs: 0 })
  t.same(none.times, [], 'nothing is begun when the time is up')
})

t.test('a connection that the server closes after its answer is opened again', async t => {
  let connections = new Set()
  const port = await serve(t, (request, reply) => {
    connections = connections.add(request.socket)
    reply.setHeader('connection', 'close').end('bye')
  })
  t.equal((await sendAll({ port, request: get, concurrency: 1, total: 3, capMs: 60_000 })).times.length, 3)
  t.equal(connections.size, 3)
})

t.test('another status than 200, and a connection that breaks, are errors', async t => {
  const busy = await serve(t, (_, reply) => { reply.writeHead(503).end() })
  await t.rejects(sendAll({ port: busy, request: get, concurrency: 2, total: 2, capMs: 60_000 }), { message: 'status 503' })
  const broken = await serve(t, ({ socket }) => { socket.destroy() })
  await t.rejects(sendOne(broken, get), /closed after 0 bytes/)
})

const linux = { skip: process.platform === 'linux' ? false : 'there is no /proc' }

t.test('the clocks of a process tell which kind of thread has worked', linux, async t => {
  const work = 'const until = performance.now() + 50; while (performance.now() < until);'
  const before = readClock(process.pid)
  const used = process.cpuUsage()
  // eslint-disable-next-line no-new-func -- the same work here and in the thread
  new Function(work)()
  const own = cpuBetween(before, readClock(process.pid))
  const { user, system } = process.cpuUsage(used)
  t.ok(own.main > 0 && own.main <= own.total)
  t.ok(own.total >= (user + system) / 2000, 'nothing is forgotten')
  // It stays, as its time would go with it.
  const worker = new Worker(`${work} require('node:worker_threads').parentPort.on('message', () => {}).postMessage('done')`, { eval: true })
  t.after(() => worker.terminate())
  const started = readClock(process.pid)
  await once(worker, 'message')
  t.ok(cpuBetween(started, readClock(process.pid)).pixels > 0)
  t.same([...readClock(0x7fffffff)], [], 'a process that is gone has no clocks')
})

t.test('the peak of memory can be forgotten', linux, async t => {
  let ballast: Buffer | undefined = Buffer.alloc(64 * 2 ** 20, 1)
  t.ok(memoryOf(process.pid).peak >= ballast.length / 2 ** 20)
  ballast = undefined
  forgetPeak(process.pid)
  const { now, peak } = memoryOf(process.pid)
  t.ok(now > 0 && peak >= now)
})

t.test('a stretch of work that holds up the event loop is found', async t => {
  const stop = watchLoop()
  await delay(10)
  const before = process.threadCpuUsage().user
  while (process.threadCpuUsage().user < before + 40_000);
  await delay(10)
  const { delay: longest, work } = stop()
  t.ok(work >= 40 && longest >= 39, `${work} ms of work, ${longest} ms late`)
})

t.test('pictures are the same each time, decode, and cannot be made smaller', async t => {
  const picture = noise(64, 1)
  t.ok(picture.equals(noise(64, 1)))
  t.notOk(picture.equals(noise(64, 2)))
  t.match(await sharp(picture).metadata(), { format: 'png', width: 64, height: 64, channels: 3 })
  t.ok((await sharp(picture).png({ compressionLevel: 9 }).toBuffer()).length > 64 * 64 * 3)
  t.match([sentImage('100k').length, sentImage('1m').length].map(bytes => Math.round(bytes / 1000)), [106, 1056])
  t.notOk(sentImage('100k').equals(madeImage('100k')))
})

t.test('requests hold the picture where it was wished, and their length is true', async t => {
  for (const wire of ['json', 'multipart'] as const) {
    for (const image of ['first', 'last'] as const) {
      const [head, body] = requestOf(wire, { size: '100k', image, upstream: 1 }).map(part => part.toString('latin1'))
      t.equal(Number(/content-length: (\d+)/.exec(head ?? '')?.[1]), body?.length)
      const [picture, prompt] = [wire === 'json' ? 'image_base64' : 'name="image"', 'prompt'].map(text => body?.indexOf(text) ?? -1)
      t.equal(Number(picture) < Number(prompt), image === 'first')
    }
  }
  const text = sentImage('100k').toString('base64')
  t.ok(imageOf(Buffer.from(JSON.stringify({ image_base64: `data:image/png;base64,${text}` })))?.equals(sentImage('100k')))
  t.ok(imageOf(Buffer.from(JSON.stringify({ data: [{ b64_json: text }] })))?.equals(sentImage('100k')))
  t.equal(imageOf(Buffer.from('{"detail":"no"}')), undefined)
})

t.test('a run is bounded: nobody holds half a gigabyte of pictures at once, and every client has something to do', async t => {
  for (const cells of [cellsOf(true), cellsOf(false)]) {
    for (const { size, concurrency, total } of cells) {
      t.ok(sentImage(size).length * concurrency < 2 ** 29)
      t.ok(total >= concurrency && total <= 256)
    }
  }
  t.equal(new Set(cellsOf(false).map(({ wire, size, concurrency, latencyMs }) => `${wire} ${size} ${concurrency} ${latencyMs}`)).size, 44)
})
