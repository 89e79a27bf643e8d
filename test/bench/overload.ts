import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Bench } from './bench.ts'
import { root } from './process.ts'
import { median } from './statistics.ts'

const inFlight = 16

interface Sample { readonly status: number, readonly ms: number }

/** As many clients as there is room for, then ten times as many: what becomes of those let in, and how soon the others know. */
export async function overload (bench: Bench): Promise<void> {
  const seconds = bench.quick ? { alone: 2, flooded: 4 } : { alone: 10, flooded: 30 }
  const directory = mkdtempSync(join(tmpdir(), 'retouch-bench-'))
  const config = join(directory, 'retouch.config.json')
  writeFileSync(config, JSON.stringify({
    // The picture comes back as it was sent.
    gates: { unchanged: false },
    plugins: { directories: [join(import.meta.dirname, 'plugins')], overload: { maxInFlight: inFlight, retryAfterMs: 1000 } },
    order: { '*': ['slow-echo'] }
  }))
  const child = spawn(process.execPath, ['server.ts'], { cwd: root, env: { PATH: process.env.PATH, PORT: '0', RETOUCH_CONFIG: config }, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const address = await addressOf(child)
    const alone = await flood(address, inFlight, seconds.alone)
    const idle = memoryOf(child)
    const flooded = await flood(address, inFlight * 10, seconds.flooded)
    const accepted = flooded.filter(({ status }) => status === 200)
    const refused = flooded.filter(({ status }) => status === 503)
    const others = flooded.length - accepted.length - refused.length
    const [usual, then] = [alone, accepted].map(samples => quantile(samples, 0.99))
    const ratio = Number(then) / Number(usual)
    const soon = median(refused.map(({ ms }) => ms))
    const lines = [
      `${inFlight} clients, ${seconds.alone} s     ${(alone.length / seconds.alone).toFixed(0)} edits/s, p50 ${quantile(alone, 0.5)} ms, p99 ${usual} ms, ${idle} MB`,
      `${inFlight * 10} clients, ${seconds.flooded} s    ${(accepted.length / seconds.flooded).toFixed(0)} edits/s, p50 ${quantile(accepted, 0.5)} ms, p99 ${then} ms, ${memoryOf(child)} MB`,
      `p99 of those let in is ${ratio.toFixed(2)} times as long (goal: at most 2: ${ratio <= 2 ? 'ok' : 'MISSED'})`,
      `${refused.length} × 503, p50 ${soon.toFixed(0)} ms (goal: under 50: ${soon < 50 ? 'ok' : 'MISSED'}), p99 ${quantile(refused, 0.99)} ms; anything else: ${others}`
    ]
    lines.forEach(bench.print)
  } finally {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true })
  }
}

async function addressOf (child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('no output')
  for await (const line of createInterface(child.stdout)) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (address === undefined) continue
    child.stdout.resume()
    return address
  }
  throw new Error('the service did not start')
}

/** Clients that send one edit after the other, and wait 50 ms after a refusal. */
async function flood (address: string, clients: number, forSeconds: number): Promise<Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const image = readFileSync(join(root, 'test/examples/images/evening.jpg')).toString('base64')
  const body = Buffer.from(JSON.stringify({ operation: 'general_edit', prompt: 'a hat', output_format: 'jpeg', image_base64: image }))
  const samples: Sample[] = []
  const endsAt = performance.now() + forSeconds * 1000
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < endsAt) {
      const startedAt = performance.now()
      const status = await post(`${address}/api/image-studio/edit/process`, body, agent)
      samples.push({ status, ms: performance.now() - startedAt })
      if (status !== 200) await new Promise(resolve => setTimeout(resolve, 50))
    }
  }))
  agent.destroy()
  return samples
}

async function post (url: string, body: Buffer, agent: Agent): Promise<number> {
  const sending = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': body.length } })
  // A refusal may close the connection under the rest of the body.
  sending.on('error', () => {})
  sending.end(body)
  const outcome = await Promise.race([once(sending, 'response'), once(sending, 'close')])
  const [response] = outcome
  if (response === undefined) return 0
  response.resume()
  await once(response, 'close')
  return response.statusCode
}

function quantile (samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length * share)] ?? NaN)
}

function memoryOf ({ pid }: ChildProcess): string {
  const pages = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(pages) / 1024).toFixed(0)
}
