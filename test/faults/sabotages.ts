import { gzipSync } from 'node:zlib'
import type { Socket } from 'node:net'
import type { Sabotage, WholeAnswer } from './line.ts'

const answer = (act: (socket: Socket, answer: WholeAnswer) => void): Sabotage => ({ at: 'answer', act })
const says = (text: string | Buffer, then: (socket: Socket) => void = () => {}): Sabotage => answer(socket => {
  socket.write(text)
  then(socket)
})
const head = (headers: string, body = '') => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`
const png = 'content-type: image/png'

/** Writes the same piece again and again until the connection is gone. */
const dripping = (start: string, piece: string | Buffer, everyMs: number): Sabotage => answer(socket => {
  socket.write(start)
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer)
    else socket.write(piece)
  }, everyMs)
  socket.once('close', () => clearInterval(timer))
})

const flooding = (start: string): Sabotage => answer(socket => {
  const piece = Buffer.alloc(1024 * 1024)
  const pour = () => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.write(start)
  socket.on('drain', pour)
  pour()
})

/** Connections that are cut before a word is said: nothing is sent. */
export const cut: Sabotage = { at: 'connection', act: socket => { socket.resetAndDestroy() } }

/** The vendor has done its work: this is how its answer is lost. */
export const lost = {
  'a reset before the headers': answer(socket => socket.resetAndDestroy()),
  'the end before the headers': answer(socket => socket.end()),
  'half a head, then the end': says('HTTP/1.1 200 OK\r\ncontent-', socket => socket.end()),
  'what is no HTTP': says('SMTP ready when you are\r\n\r\n', socket => socket.end()),
  'a head of 200 kB': says(head(`x-filler: ${'x'.repeat(200_000)}\r\n${png}\r\ncontent-length: 0`))
} satisfies Record<string, Sabotage>

/** It begins an answer that is none. */
export const broken = {
  'two lengths': says(head(`${png}\r\ncontent-length: 5\r\ncontent-length: 9`, 'four.nine')),
  'a length beside chunks': says(head(`${png}\r\ncontent-length: 3\r\ntransfer-encoding: chunked`, '3\r\nabc\r\n0\r\n\r\n')),
  'a reset in the body': says(head(`${png}\r\ncontent-length: 500`, 'abc'), socket => setTimeout(() => socket.resetAndDestroy(), 50)),
  'the end in the body': says(head(`${png}\r\ncontent-length: 500`, 'abc'), socket => socket.end()),
  'the end in a chunk': says(head(`${png}\r\ntransfer-encoding: chunked`, 'ff\r\nabc'), socket => socket.end()),
  'a chunk without a size': says(head(`${png}\r\ntransfer-encoding: chunked`, 'many\r\nabc\r\n0\r\n\r\n'), socket => socket.end()),
  'a declared length of 10 GiB': says(head(`${png}\r\ncontent-length: ${10 * 1024 ** 3}`, 'a')),
  'a body without end': flooding(head(png)),
  'a compressed bomb': answer(socket => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024))
    socket.write(head(`${png}\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}`))
    socket.write(bomb)
  })
} satisfies Record<string, Sabotage>

/** It never comes to an end. */
export const endless = {
  'a head that drips': dripping('HTTP/1.1 200 OK\r\nx-filler: ', 'x', 50),
  'early hints without end': dripping('', 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n', 20),
  'a body that stops': says(head(`${png}\r\ncontent-length: 500`, 'abc')),
  'a body that drips': dripping(head(`${png}\r\ncontent-length: 50000`), 'x', 50)
} satisfies Record<string, Sabotage>
