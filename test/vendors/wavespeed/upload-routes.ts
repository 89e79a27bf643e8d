import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { failure, success } from './answers.ts'
import type { Accounts } from './accounts.ts'
import type { Storage } from './storage.ts'
import type { Answer } from '../answer.ts'
import type { Emulator, Exchange } from '../emulator.ts'

// One page of the vendor's says so, another says 300 MB.
const maxFileBytes = 20 * 1024 * 1024

const TicketRequest = Type.Object({
  filename: Type.String({ minLength: 1 }),
  size: Type.Integer({ minimum: 1 }),
  content_type: Type.Optional(Type.String())
}, { additionalProperties: false })

interface Parts {
  readonly emulator: Emulator
  readonly accounts: Accounts
  readonly storage: Storage
  readonly uploadTickets: boolean
}

/** Both ways to upload a file: a ticket and a PUT to the storage, or, older, a form. */
export function uploadRoutes ({ emulator, accounts, storage, uploadTickets }: Parts): void {
  emulator.route('POST', '/api/v3/media/uploads', ({ call, body }: Exchange): Answer => {
    if (!uploadTickets) return failure('not_found')
    if (accounts.keyOf(call.headers) === undefined) return failure('unauthorized')
    const request = parse(body)
    if (!Value.Check(TicketRequest, request)) return failure('bad_request')
    if (request.size > maxFileBytes) return failure('too_large')
    call.fields = Object.fromEntries(Object.entries(request).map(([name, value]) => [name, String(value)]))
    return success(storage.ticket(request.filename, request.size, request.content_type ?? 'application/octet-stream'))
  })

  emulator.route('POST', '/api/v3/media/upload/binary', async ({ call, body }: Exchange): Promise<Answer> => {
    if (accounts.keyOf(call.headers) === undefined) return failure('unauthorized')
    const file = await fileIn(body, call.headers['content-type'] ?? '')
    if (file === undefined) return failure('bad_request', 'file: is required')
    if (file.size > maxFileBytes) return failure('too_large')
    const bytes = Buffer.from(await file.arrayBuffer())
    call.fields = { file: `${file.name} ${bytes.length}` }
    const ticket = storage.ticket(file.name, bytes.length, file.type)
    storage.put(new URL(ticket.download_url).pathname, bytes, file.type)
    return success({ type: 'image', download_url: ticket.download_url, filename: file.name, size: bytes.length })
  })
}

async function fileIn (body: Buffer, contentType: string): Promise<File | undefined> {
  try {
    const file = (await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()).get('file')
    return file instanceof File ? file : undefined
  } catch {
    return undefined
  }
}

function parse (body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
