import { isUtf8 } from 'node:buffer'
import { refuse } from './refusal.ts'

export interface PartHead {
  readonly name: string
  /** undefined = it is no file. */
  readonly fileName: string | undefined
  readonly mediaType: string | undefined
}

/**
 * The header lines of a part of multipart/form-data (RFC 7578), without the empty line.
 * @throws {BodyRefusal} 400 for what is none, or names an encoding in which no HTTP client sends
 */
export function readPartHead (raw: Buffer, number: number): PartHead {
  const wrong = (what: string) => refuse(`part ${number} of the form ${what}`)
  if (!isUtf8(raw)) throw wrong('has headers that are not UTF-8')
  const headers = new Map<string, string>()
  for (const line of raw.toString().split('\r\n')) {
    const [, name = '', value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/.exec(line) ?? []
    const key = name.toLowerCase()
    if (value === undefined) throw wrong('has a broken header line')
    if (headers.has(key)) throw wrong(`has two ${key} headers`)
    headers.set(key, value)
  }
  const encoding = headers.get('content-transfer-encoding') ?? 'binary'
  if (!/^(?:binary|7bit|8bit)$/i.test(encoding)) throw wrong('is encoded: send its bytes as they are')
  const mediaType = headers.get('content-type')
  if (mediaType !== undefined && /^multipart\//i.test(mediaType)) throw wrong('is a form itself: send its files one by one')
  const [, disposition] = /^form-data((?:;[ \t]*[a-zA-Z-]+\*?=(?:"[^"]*"|[^\s";]+)[ \t]*)*)$/i.exec(headers.get('content-disposition') ?? '') ?? []
  if (disposition === undefined) throw wrong('has no content-disposition: form-data')
  const parameters = new Map([...disposition.matchAll(/;[ \t]*([a-zA-Z-]+\*?)=(?:"([^"]*)"|([^\s";]+))/g)]
    .map(([, key = '', quoted, token = '']) => [key.toLowerCase(), unescape(quoted ?? token)]))
  const name = parameters.get('name')
  if (name === undefined) throw wrong('has no name')
  return { name, fileName: parameters.get('filename') ?? parameters.get('filename*'), mediaType }
}

/** As the HTML standard has browsers write them. */
function unescape (text: string): string {
  return text.replaceAll(/%(?:22|0D|0A)/gi, escaped => decodeURIComponent(escaped))
}
