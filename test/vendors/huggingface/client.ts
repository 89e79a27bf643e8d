import type { Test } from 'tap'
import { ballPicture } from '../stability/pictures.ts'
import { createHuggingFaceEmulator, type HuggingFaceEmulatorOptions } from './index.ts'

export const size = { width: 96, height: 80 }
export const image = await ballPicture(size)
export const base64 = image.toString('base64')
export const dataUri = `data:image/png;base64,${base64}`

/** An emulator and a client that has its token. */
export async function start (t: Test, options?: HuggingFaceEmulatorOptions) {
  const emulator = await createHuggingFaceEmulator(options)
  t.after(() => emulator.close())
  const send = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, { ...init, headers: { authorization: `Bearer ${emulator.key}`, ...init.headers } })
    const bytes = Buffer.from(await response.arrayBuffer())
    const json: unknown = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(bytes.toString()) : undefined
    return { status: response.status, headers: response.headers, bytes, json }
  }
  const get = async (path: string, headers: Record<string, string> = {}) => await send(emulator.url + path, { headers })
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
    await send(emulator.url + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
  return { emulator, send, get, post }
}
