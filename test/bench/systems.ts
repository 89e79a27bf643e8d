import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configFrom } from '../../core/config.ts'
import { freePort, root, startServer, type Server } from './process.ts'
import type { WireName } from './requests.ts'

/** Something that stands between client and upstream. */
export interface System {
  readonly name: string
  readonly wires: readonly WireName[]
  readonly isNode: boolean
  /** Why it cannot be started here; undefined = it can. */
  readonly missing?: string | undefined
  /** @param directory for its files */
  start (upstream: number, directory: string): Promise<Server>
}

const both: readonly WireName[] = ['json', 'multipart']

function peer (name: string, wires = both, missing?: string): System {
  return {
    name,
    wires,
    missing,
    isNode: true,
    start: async upstream => await startServer({ args: [`test/bench/peers/${name}.ts`], port: await freePort(), env: { UPSTREAM: `http://127.0.0.1:${upstream}` } })
  }
}

/** The service itself, run as an operator runs it, with a log and every plugin; what is set is room for so many large bodies. */
function retouch (name: string, settings: object): System {
  return {
    name,
    wires: both,
    isNode: true,
    async start (upstream, directory) {
      const baseUrl = `http://127.0.0.1:${upstream}`
      const file = join(directory, `${name}.json`)
      writeFileSync(file, JSON.stringify({
        ...settings,
        concurrency: { limit: 64 },
        plugins: {
          directories: [join(import.meta.dirname, 'providers')],
          bench: { baseUrl },
          stability: { baseUrl, apiKey: 'sk-bench-0123456789abcdef0123' },
          overload: { maxInFlight: 128 },
          'http-body': { memoryBytes: 1024 * 1024 * 1024 }
        }
      }))
      return await startServer({ args: ['server.ts'], port: await freePort(), env: { RETOUCH_CONFIG: file } })
    }
  }
}

const nginx: System = {
  name: 'nginx',
  wires: both,
  isNode: false,
  missing: isOnPath('nginx') ? undefined : 'not on the PATH',
  async start (upstream, directory) {
    const home = join(directory, 'nginx')
    const port = await freePort()
    mkdirSync(join(home, 'logs'), { recursive: true })
    writeFileSync(join(home, 'nginx.conf'), `
      daemon off; worker_processes 1; pid nginx.pid; error_log stderr;
      events { worker_connections 512; }
      http {
        access_log off; client_max_body_size 64m;
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
        upstream vendor { server 127.0.0.1:${upstream}; keepalive 64; }
        server {
          listen 127.0.0.1:${port};
          location / {
            proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_request_buffering off; proxy_buffering off;
          }
        }
      }`)
    return await startServer({ command: 'nginx', args: ['-p', `${home}/`, '-c', 'nginx.conf'], port })
  }
}

// With a manifest of its own: npm ci --prefix test/bench/peers
const portkeyIs = existsSync(join(root, 'test/bench/peers/node_modules/@portkey-ai')) ? undefined : 'not installed'

/** What a result is judged by, all left out: with no changes to count either, no picture is decoded. */
const gates = Object.fromEntries(Object.keys(configFrom({}).gates).map(name => [name, false]))

/** Everything that is compared, the service first. */
export const systems: readonly System[] = [
  retouch('retouch', {}),
  retouch('ungated', { gates, countChanges: false }),
  peer('floor'),
  peer('proxy'),
  peer('naive'),
  // It has no edits as JSON.
  peer('portkey', ['multipart'], portkeyIs),
  nginx
]

function isOnPath (command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
