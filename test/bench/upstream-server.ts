import { sendOne } from './client.ts'
import type { SizeName } from './images.ts'
import { freePort, startServer, type Server } from './process.ts'

/** The upstream as a process of its own, and what it can be told. */
export interface UpstreamServer extends Server {
  /** What it answers with from now on; with `checks` it looks for the picture that was sent. */
  set (settings: { size: SizeName, latencyMs: number, checks?: boolean }): Promise<void>
  /** Has the picture arrived in the request before? To be asked once. */
  arrived (): Promise<boolean>
}

export async function startUpstream (): Promise<UpstreamServer> {
  const server = await startServer({ args: ['test/bench/upstream.ts'], port: await freePort() })
  const tell = async (query: string) => {
    const { body } = await sendOne(server.port, [Buffer.from(`GET /bench?${query} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)])
    return body.toString()
  }
  return {
    ...server,
    set: async ({ size, latencyMs, checks = false }) => { await tell(`size=${size}&latency=${latencyMs}${checks ? '&checks' : ''}`) },
    arrived: async () => await tell('checks') === 'true'
  }
}
