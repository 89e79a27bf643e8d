import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { accepts, freePort, root } from './process.ts'
import { median, range } from './statistics.ts'

/**
 * From spawning `node server.ts` to the first accepted connection, against a bare node:http server: as TypeScript too, whose
 * stripping Node does before anything of the entry can run, and as JavaScript. All with a warm compile cache.
 */
export async function startup (bench: Bench): Promise<void> {
  const port = await freePort()
  const rounds = bench.quick ? 5 : 15
  const times: { script: number[], bare: number[], retouch: number[] } = { script: [], bare: [], retouch: [] }
  for (let round = -1; round < rounds; round++) {
    const samples = {
      script: await timeToAccept(['test/bench/bare-server.cjs'], port),
      bare: await timeToAccept(['test/bench/bare-server.ts'], port),
      retouch: await timeToAccept(['server.ts'], port)
    }
    // The first round fills the cache.
    if (round < 0) continue
    for (const name of ['script', 'bare', 'retouch'] as const) times[name].push(samples[name])
  }
  const ratios = (name: 'script' | 'bare') => times.retouch.map((time, round) => time / (times[name][round] ?? NaN))
  const lines = [
    `bare node:http, JavaScript  ${range(times.script)} ms`,
    `bare node:http, TypeScript  ${range(times.bare)} ms`,
    `retouch                     ${range(times.retouch)} ms`,
    `ratio to JavaScript         ${range(ratios('script'), 2)}`,
    `ratio to TypeScript         ${range(ratios('bare'), 2)}   (goal: at most 4: ${median(ratios('bare')) <= 4 ? 'ok' : 'MISSED'})`
  ]
  lines.forEach(bench.print)
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
  // Time to write the compile cache, which the service does when it listens.
  await delay(150)
  child.kill('SIGKILL')
  await exited
  return time
}
