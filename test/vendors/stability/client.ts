import type { Test } from 'tap'
import { createStabilityEmulator, type StabilityEmulatorOptions } from './index.ts'
import { ballMask, ballPicture } from './pictures.ts'

/** A list stands for repeated fields, an empty one for none. */
export type Fields = Readonly<Record<string, string | Buffer | ReadonlyArray<string | Buffer>>>

export const size = { width: 96, height: 80 }
export const image = await ballPicture(size)
export const mask = await ballMask(size)

/** What each endpoint is content with. */
export const complete = {
  erase: { image, mask },
  inpaint: { image, mask, prompt: 'a green apple' },
  outpaint: { image, left: '10' },
  'search-and-replace': { image, prompt: 'a green apple', search_prompt: 'ball' },
  'search-and-recolor': { image, prompt: 'a green apple', select_prompt: 'ball' },
  'remove-background': { image },
  'replace-background-and-relight': { subject_image: image, background_prompt: 'a beach' }
} satisfies Record<string, Fields>

export type EndpointName = keyof typeof complete

/** An emulator and a client that has its key. */
export async function start (t: Test, options?: StabilityEmulatorOptions) {
  const emulator = await createStabilityEmulator({ pollIntervalMs: 0, ...options })
  t.after(() => emulator.close())
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(emulator.url + path, { ...init, headers: { authorization: `Bearer ${emulator.key}`, ...init.headers } })
    const bytes = Buffer.from(await response.arrayBuffer())
    const json: unknown = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(bytes.toString()) : undefined
    return { status: response.status, headers: response.headers, bytes, json }
  }
  const edit = async (name: EndpointName, fields: Fields = complete[name], headers: Record<string, string> = {}) =>
    await send(`/v2beta/stable-image/edit/${name}`, { method: 'POST', body: formOf(fields), headers })
  return { emulator, send, edit }
}

/** Path of the result of a job that was accepted. */
export function resultPath ({ json }: { readonly json: unknown }): string {
  return `/v2beta/results/${json instanceof Object && 'id' in json ? json.id : ''}`
}

function formOf (fields: Fields): FormData {
  const form = new FormData()
  for (const [name, values] of Object.entries(fields)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      form.append(name, typeof value === 'string' ? value : new File([new Uint8Array(value)], 'file', { type: 'application/octet-stream' }))
    }
  }
  return form
}
