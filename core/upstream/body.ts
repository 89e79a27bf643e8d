import { randomUUID } from 'node:crypto'
import type { Base64Value, FormPart, UpstreamBody } from './types.ts'

// Divisible by three, so that pieces of base64 join without padding between them.
const base64Piece = 3 * 16 * 1024

type Piece = string | Buffer | Base64Value

export interface EncodedBody {
  readonly contentType: string
  /** Of all pieces together, bytes. */
  readonly length: number
  /** Its bytes, from the start each time: an image is not copied, and of its base64 there is never more than a piece. */
  readonly pieces: () => Iterable<Buffer>
}

/**
 * Writes a body as it is sent.
 * TypeError: a value that JSON cannot hold, bytes that are no `Base64Value`, a line break in a form part's content type.
 */
export function encodeBody (body: UpstreamBody): EncodedBody {
  if ('bytes' in body) return inPieces([body.bytes], body.contentType)
  return 'json' in body ? encodeJson(body.json) : encodeForm(body.form)
}

function encodeJson (value: unknown): EncodedBody {
  // Nobody who writes a prompt can know it, so splitting at it finds the images and nothing else.
  const marker = randomUUID()
  const images: Base64Value[] = []
  const skeleton = JSON.stringify(value, function (this: Record<string, unknown>, key, converted) {
    // Not `converted`: there Buffer's toJSON has already made an array of numbers.
    const raw = this[key]
    if (raw instanceof Uint8Array) throw new TypeError(`bytes in a JSON body must stand in { base64 }, at "${key}"`)
    if (!isBase64Value(raw)) return converted
    images.push(raw)
    return marker
  })
  if (skeleton === undefined) throw new TypeError('the JSON body is undefined')
  const texts = skeleton.split(`"${marker}"`)
  const pieces = texts.flatMap((text, index): Piece[] => {
    const image = images[index]
    return image === undefined ? [text] : [text, `"${JSON.stringify(image.prefix ?? '').slice(1, -1)}`, image, '"']
  })
  return inPieces(pieces, 'application/json')
}

function isBase64Value (value: unknown): value is Base64Value {
  return typeof value === 'object' && value !== null && 'base64' in value && Buffer.isBuffer(value.base64)
}

function encodeForm (parts: readonly FormPart[]): EncodedBody {
  const boundary = `form-${randomUUID()}`
  const pieces = parts.flatMap((part): Piece[] => [`--${boundary}\r\n${partHeaders(part)}\r\n\r\n`, part.value, '\r\n'])
  return inPieces([...pieces, `--${boundary}--\r\n`], `multipart/form-data; boundary=${boundary}`)
}

function partHeaders ({ name, value, filename, contentType }: FormPart): string {
  const type = contentType ?? (typeof value === 'string' ? undefined : 'application/octet-stream')
  if (type !== undefined && /[\r\n]/.test(type)) throw new TypeError(`line break in the content type of form part ${quoted(name)}`)
  return `content-disposition: form-data; name=${quoted(name)}` +
    (filename === undefined ? '' : `; filename=${quoted(filename)}`) +
    (type === undefined ? '' : `\r\ncontent-type: ${type}`)
}

// As browsers do it (WHATWG, multipart/form-data): a name can end neither its quotes nor its line.
function quoted (name: string): string {
  return `"${name.replace(/["\r\n]/g, encodeURIComponent)}"`
}

function inPieces (parts: readonly Piece[], contentType: string): EncodedBody {
  const pieces = joinTexts(parts)
  return { contentType, length: pieces.reduce((sum, piece) => sum + sizeOf(piece), 0), pieces: () => write(pieces) }
}

/** Texts that follow each other are one piece: each one is a write of its own to the connection. */
function joinTexts (pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece
    else joined.push(piece)
  }
  return joined
}

function sizeOf (piece: Piece): number {
  if (typeof piece === 'string') return Buffer.byteLength(piece)
  return 'base64' in piece ? 4 * Math.ceil(piece.base64.length / 3) : piece.length
}

function * write (pieces: readonly Piece[]): Generator<Buffer> {
  for (const piece of pieces) {
    if (typeof piece === 'string') yield Buffer.from(piece)
    else if (!('base64' in piece)) yield piece
    else for (let start = 0; start < piece.base64.length; start += base64Piece) yield Buffer.from(piece.base64.toString('base64', start, start + base64Piece), 'latin1')
  }
}
