import { createHuggingFaceEmulator } from './huggingface/index.ts'
import { createStabilityEmulator } from './stability/index.ts'
import { createWavespeedEmulator } from './wavespeed/index.ts'
import type { Emulator } from './emulator.ts'
import { createEmulator } from './emulator.ts'
import { jsonAnswer } from './answer.ts'

/** Where the sandbox listens: the switchboard, then each vendor. */
export const sandboxPorts = { switchboard: 9100, stability: 9101, wavespeed: 9102, wavespeedFiles: 9103, huggingface: 9104, hub: 9105, huggingfaceFiles: 9106 }

export interface Sandbox {
  /** The environment for a gateway that shall use the emulators. */
  readonly environment: Readonly<Record<string, string>>
  /** Of the switchboard: `POST /break/{vendor}/{fault}?calls=N` breaks a vendor, `GET /calls` tells what they saw and charged. */
  readonly url: string
  close (): Promise<void>
}

/** All vendors' emulators on this machine, with a switchboard to break them. Port 0 everywhere with `ports: null`. */
export async function startSandbox (ports: typeof sandboxPorts | null = sandboxPorts): Promise<Sandbox> {
  const port = (name: keyof typeof sandboxPorts) => ports === null ? 0 : ports[name]
  const stability = await createStabilityEmulator({ port: port('stability'), pollIntervalMs: 0 })
  const wavespeed = await createWavespeedEmulator({ port: port('wavespeed'), storagePort: port('wavespeedFiles'), pixelScale: 1 / 4 })
  const huggingface = await createHuggingFaceEmulator({ port: port('huggingface'), hubPort: port('hub'), filesPort: port('huggingfaceFiles') })
  const vendors: Readonly<Record<string, Pick<Emulator, 'script' | 'calls' | 'spent'>>> = { stability, wavespeed, huggingface }

  const switchboard = createEmulator()
  switchboard.route('POST', '/break/:vendor/:fault', async ({ call, params: { vendor = '', fault = '' } }) => {
    const emulator = Object.hasOwn(vendors, vendor) ? vendors[vendor] : undefined
    if (emulator === undefined) return jsonAnswer(404, { error: `no vendor "${vendor}"; there are: ${Object.keys(vendors).join(', ')}` })
    const calls = Number(new URLSearchParams(call.query).get('calls') ?? 1)
    try {
      emulator.script.next(calls, fault)
    } catch (err) {
      return jsonAnswer(404, { error: err instanceof Error ? err.message : String(err) })
    }
    return jsonAnswer(200, { vendor, fault, calls })
  })
  switchboard.route('GET', '/calls', async () => jsonAnswer(200, Object.fromEntries(Object.entries(vendors).map(([vendor, { calls, spent }]) =>
    [vendor, { spent: spent(), calls: calls.map(({ method, path, status, charged, fault }) => ({ method, path, status, charged, fault })) }]))))
  await switchboard.listen(port('switchboard'))

  const hostOf = (url: string) => new URL(url).host
  return {
    url: switchboard.url,
    environment: {
      STABILITY_API_KEY: stability.key,
      STABILITY_BASE_URL: stability.url,
      STABILITY_POLL_MS: '500',
      WAVESPEED_API_KEY: wavespeed.key,
      WAVESPEED_BASE_URL: wavespeed.url,
      WAVESPEED_POLL_MS: '500',
      HF_TOKEN: huggingface.key,
      HUGGINGFACE_BASE_URL: huggingface.url,
      HUGGINGFACE_HUB_URL: huggingface.hub.url,
      DOWNLOAD_ALLOW_HOSTS: [wavespeed.storage.url, huggingface.files.url].map(hostOf).join(',')
    },
    close: async () => { await Promise.all([stability, wavespeed, huggingface, switchboard].map(part => part.close())) }
  }
}
