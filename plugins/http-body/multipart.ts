import { isUtf8 } from 'node:buffer'
import { readPartHead } from './part-head.ts'
import { refuse, tooLarge } from './refusal.ts'

/** A part as it stands in the body. */
export interface RawPart {
  readonly name: string
  readonly fileName: string | undefined
  readonly mediaType: string | undefined
  /** The body's own memory. */
  readonly bytes: Buffer
}

const mostParts = 100
const largestHead = 8 * 1024
const crlf = Buffer.from('\r\n')
const emptyLine = Buffer.from('\r\n\r\n')

/**
 * The boundary in a content type.
 * @throws {BodyRefusal} 400 when there is none that RFC 2046 allows
 */
export function boundaryOf (contentType: string): string {
  const [, quoted, token] = /;[ \t]*boundary=(?:"([^"]*)"|([^\s";]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? token
  if (boundary !== undefined && /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary)) return boundary
  throw refuse('the content-type has no boundary: let your HTTP client write that header')
}

/**
 * Takes a multipart/form-data body (RFC 7578) apart. Strict: lines end in CRLF, nothing stands before the first boundary or behind
 * the last one, and the last one is there; a body that was cut off is never taken for a shorter one.
 * @throws {BodyRefusal} 400, 413
 */
export function parseMultipart (body: Buffer, boundary: string): RawPart[] {
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: RawPart[] = []
  // Some clients begin with an empty line.
  let at = body.subarray(0, 2).equals(crlf) ? 2 : 0
  if (!body.subarray(at, at + delimiter.length).equals(delimiter)) throw refuse(`the form does not begin with its boundary, --${boundary}`)
  at += delimiter.length
  while (!isClosing(body, at)) {
    const part = readPart(body, at, parts.length + 1, delimiter)
    if (parts.length === mostParts) throw tooLarge(`the form has more than ${mostParts} parts`)
    parts.push(part)
    at = part.end + delimiter.length
  }
  const rest = body.subarray(at + 2)
  if (rest.length > 0 && !rest.equals(crlf)) throw refuse('something stands behind the end of the form')
  return parts
}

/** The part behind a boundary that ends at `at`. Its `end` is where the next boundary begins. */
function readPart (body: Buffer, at: number, number: number, delimiter: Buffer): RawPart & { readonly end: number } {
  const cutOff = () => refuse(`the form ends within its part ${number}, without its last boundary; was it cut off?`)
  if (body.length < at + 2) throw cutOff()
  if (!body.subarray(at, at + 2).equals(crlf)) throw refuse(`a boundary before part ${number} of the form does not end in a line break (CR LF)`)
  const headAt = at + 2
  const headEnd = body.subarray(0, headAt + largestHead + emptyLine.length).indexOf(emptyLine, headAt)
  if (headEnd === -1) throw body.length - headAt > largestHead ? tooLarge(`part ${number} of the form has no end of its headers in ${largestHead} bytes`) : cutOff()
  const start = headEnd + emptyLine.length
  const end = body.indexOf(delimiter, start)
  if (end === -1) throw cutOff()
  // The line break belongs to the boundary. Where there is none, lines end otherwise, and parts would run together.
  if (end < start + 2 || !body.subarray(end - 2, end).equals(crlf)) throw refuse(`the boundary behind part ${number} of the form does not stand in a line of its own (CR LF)`)
  return { ...readPartHead(body.subarray(headAt, headEnd), number), bytes: body.subarray(start, end - 2), end }
}

/** Text of a part. @throws {BodyRefusal} 400 when it is no UTF-8 */
export function textOf ({ name, bytes }: RawPart): string {
  if (!isUtf8(bytes)) throw refuse(`${name} is not UTF-8: a file needs a filename`)
  return bytes.toString()
}

function isClosing (body: Buffer, at: number): boolean {
  return body[at] === 0x2d && body[at + 1] === 0x2d
}
