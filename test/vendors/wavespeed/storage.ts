import { randomBytes } from 'node:crypto'
import { bytesAnswer, jsonAnswer, type Answer } from '../answer.ts'
import { createEmulator, type Emulator, type Exchange } from '../emulator.ts'
import { keptMs } from './tasks.ts'

interface File { readonly bytes: Buffer, readonly mediaType: string, readonly expiresAt: number }

interface Ticket { readonly path: string, readonly size: number, readonly headers: Readonly<Record<string, string>> }

/** What the API answers to a request for an upload. */
export interface UploadTicket {
  readonly download_url: string
  readonly upload: { readonly method: 'PUT', readonly url: string, readonly headers: Readonly<Record<string, string>> }
}

/** Where results and uploads lie: another host than the API's, which knows no keys and gives whoever has an address the file. */
export interface Storage {
  readonly emulator: Emulator
  ticket (name: string, size: number, mediaType: string): UploadTicket
  /** Its address. */
  put (path: string, bytes: Buffer, mediaType: string): string
  /** The file behind an address of ours. */
  find (url: string): Buffer | undefined
}

const forbidden = jsonAnswer(403, { error: 'only one way to sign a request is allowed' })
const refused = jsonAnswer(403, { error: 'the signature does not match the request' })

/** Files are gone after 7 days. An upload must bring exactly what its ticket says, no Authorization, and comes once. */
export function createStorage (now: () => number): Storage {
  const emulator = createEmulator()
  const files = new Map<string, File>()
  const tickets = new Map<string, Ticket>()
  const fileAt = (path: string) => {
    const file = files.get(path)
    return file !== undefined && now() < file.expiresAt ? file : undefined
  }
  const put = (path: string, bytes: Buffer, mediaType: string) => {
    files.set(path, { bytes, mediaType, expiresAt: now() + keptMs })
    return emulator.url + path
  }
  const take = ({ call: { headers }, params: { id = '' }, body }: Exchange): Answer => {
    if (headers.authorization !== undefined) return forbidden
    const ticket = tickets.get(id)
    if (ticket === undefined || body.length !== ticket.size) return refused
    if (Object.entries(ticket.headers).some(([name, value]) => headers[name.toLowerCase()] !== value)) return refused
    tickets.delete(id)
    put(ticket.path, body, ticket.headers['Content-Type'] ?? 'application/octet-stream')
    return bytesAnswer(200, 'text/plain', '')
  }
  const give = ({ call: { path } }: Exchange): Answer => {
    const file = fileAt(path)
    return file === undefined ? jsonAnswer(404, { error: 'no such file' }) : bytesAnswer(200, file.mediaType, file.bytes)
  }
  emulator.route('PUT', '/tickets/:id', take)
  emulator.route('GET', '/uploads/*', give)
  emulator.route('GET', '/outputs/*', give)
  return {
    emulator,
    ticket (name, size, mediaType) {
      const id = randomBytes(16).toString('hex')
      const path = `/uploads/${id}/${encodeURIComponent(name)}`
      const headers = { 'Content-Type': mediaType, 'X-Upload-Signature': randomBytes(16).toString('hex') }
      tickets.set(id, { path, size, headers })
      return { download_url: emulator.url + path, upload: { method: 'PUT', url: `${emulator.url}/tickets/${id}`, headers } }
    },
    put,
    find: url => url.startsWith(`${emulator.url}/uploads/`) ? fileAt(url.slice(emulator.url.length))?.bytes : undefined
  }
}
