import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Delay } from './loop-watch.ts'

export const root = resolve(import.meta.dirname, '../..')
const startMs = 20_000
const preload = join(import.meta.dirname, 'loop-delay.cjs')

/** A server that this bench has started. */
export interface Server {
  readonly pid: number
  readonly port: number
  /** From now on the event loop is watched. Node only. */
  watchLoop (): Promise<void>
  /** The longest that it was held up since then. */
  longestDelay (): Promise<Delay>
  stop (): Promise<void>
}

export interface StartOptions {
  readonly command?: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly port: number
}

/** Starts a server on 127.0.0.1 that finds its port in PORT, and waits until it takes connections. */
export async function startServer ({ command = process.execPath, args, env = {}, port }: StartOptions): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'retouch-bench-'))
  const log = join(directory, 'log')
  const output = openSync(log, 'w')
  const isNode = command === process.execPath
  const child = spawn(command, [...isNode ? ['--require', preload] : [], ...args], {
    cwd: root,
    stdio: ['ignore', output, output, ...isNode ? ['ipc' as const] : []],
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', PORT: String(port), ...env }
  })
  closeSync(output)
  const exited = once(child, 'exit')
  const stop = async () => {
    // Others than Node have children of their own, which they end only when they may.
    if (child.exitCode === null && child.signalCode === null) child.kill(isNode ? 'SIGKILL' : 'SIGTERM')
    await exited
    rmSync(directory, { recursive: true, force: true })
  }
  const until = performance.now() + startMs
  while (!await accepts(port)) {
    if (child.exitCode === null && performance.now() < until) {
      await delay(5)
      continue
    }
    const said = readFileSync(log, 'utf8').trim().slice(-1000)
    await stop()
    throw new Error(`${args.join(' ')} did not start: ${said}`)
  }
  const { pid } = child
  if (pid === undefined) throw new TypeError('no process')
  return {
    pid,
    port,
    watchLoop: async () => { await ask(child, 'watch') },
    longestDelay: async () => await ask(child, 'longest') as Delay, // As loop-delay.cjs tells it.
    stop
  }
}

async function ask (child: ChildProcess, what: 'watch' | 'longest'): Promise<unknown> {
  child.send(what)
  const [answer] = await once(child, 'message')
  return answer
}

export function accepts (port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => { socket.destroy(); resolve(true) })
    socket.once('error', () => resolve(false))
  })
}

export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}
