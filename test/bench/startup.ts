import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { median, range } from './statistics.ts'

const root = resolve(import.meta.dirname, '../..')
const bare = 'require("node:http").createServer((_, reply) => reply.end()).listen(process.env.PORT, "127.0.0.1")'
const rounds = 9

/** From spawning `node server.ts` to the first accepted connection, against a bare node:http server. */
export async function startup (): Promise<string[]> {
  const port = await freePort()
  const times: { bare: number[], retouch: number[] } = { bare: [], retouch: [] }
  for (let round = 0; round < rounds; round++) {
    times.bare.push(await timeToAccept(['-e', bare], port))
    times.retouch.push(await timeToAccept(['server.ts'], port))
  }
  const ratios = times.retouch.map((time, round) => time / (times.bare[round] ?? NaN))
  return [
    `bare node:http  ${range(times.bare)} ms`,
    `retouch         ${range(times.retouch)} ms`,
    `ratio           ${range(ratios, 2)}   (goal: at most 4: ${median(ratios) <= 4 ? 'ok' : 'MISSED'})`
  ]
}

async function timeToAccept (args: string[], port: number): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: root, stdio: 'ignore', env: { PATH: process.env.PATH, PORT: String(port), LOG_LEVEL: 'warn' }
  })
  const exited = once(child, 'exit')
  while (!await accepts(port)) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`)
    await delay(1)
  }
  const time = performance.now() - startedAt
  child.kill('SIGKILL')
  await exited
  return time
}

function accepts (port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => { socket.destroy(); resolve(true) })
    socket.once('error', () => resolve(false))
  })
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}
