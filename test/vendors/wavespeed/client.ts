import type { Test } from 'tap'
import { ballPicture, flatPicture } from '../stability/pictures.ts'
import { createWavespeedEmulator, type WavespeedEmulatorOptions } from './index.ts'

export const size = { width: 320, height: 256 }
export const image = await ballPicture(size)
export const reference = await flatPicture({ width: 40, height: 40 }, [30, 60, 220])

export const qwen = 'wavespeed-ai/qwen-image/edit-plus'
export const nano = 'google/nano-banana-pro/edit-ultra'
export const seedream = 'bytedance/seedream-v4.5/edit'
export const flux = 'wavespeed-ai/flux-kontext-pro'

export const dataUri = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`

/** What each model is content with. */
export const complete = {
  [qwen]: { prompt: 'a green ball', images: [dataUri(image)] },
  [nano]: { prompt: 'a green ball', images: [dataUri(image)] },
  [seedream]: { prompt: 'a green ball', images: [dataUri(image)] },
  [flux]: { prompt: 'a green ball', image: dataUri(image) }
}

/** What the tests read of an envelope. */
export interface Envelope {
  readonly code?: number
  readonly message?: string
  readonly data?: {
    readonly id?: string
    readonly status?: string
    readonly outputs?: readonly string[]
    readonly items?: ReadonlyArray<Readonly<Record<string, unknown>>>
    readonly download_url?: string
    readonly upload?: { readonly url: string, readonly headers: Readonly<Record<string, string>> }
  } | null
}

/** An emulator and a client that has its key. */
export async function start (t: Test, options?: WavespeedEmulatorOptions) {
  const emulator = await createWavespeedEmulator({ pixelScale: 1 / 16, ...options })
  t.after(() => emulator.close())
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(emulator.url + path, { ...init, headers: { authorization: `Bearer ${emulator.key}`, ...init.headers } })
    const text = await response.text()
    const json: Envelope = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : {}
    return { status: response.status, headers: response.headers, text, json }
  }
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
    await send(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
  const create = async (model: keyof typeof complete, changes: Record<string, unknown> = {}) =>
    await post(`/api/v3/${model}`, { ...complete[model], ...changes })
  const poll = async ({ json }: { readonly json: Envelope }) => await send(`/api/v3/predictions/${json.data?.id}/result`)
  const download = async (url = '', headers: Record<string, string> = {}) => {
    const response = await fetch(url, { headers })
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
  }
  return { emulator, send, post, create, poll, download }
}
