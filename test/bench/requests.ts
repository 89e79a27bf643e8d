import type { Wire } from './client.ts'
import { sentImage, type SizeName } from './images.ts'

export type WireName = 'json' | 'multipart'

export interface RequestOptions {
  readonly size: SizeName
  /** Of the upstream, for gateways that are told it by each request. */
  readonly upstream: number
  /** Where the picture stands among the fields. */
  readonly image?: 'first' | 'last'
}

/** Not plain ASCII: a decoder that makes two bytes of each letter then does so for the whole body. */
const prompt = 'ein Hut, größer als der Baum'

/** An edit as a client of the Edit Studio API sends it, and as one of OpenAI's does. */
export function requestOf (wire: WireName, options: RequestOptions): Wire {
  return wire === 'json' ? jsonRequest(options) : multipartRequest(options)
}

function jsonRequest ({ size, upstream, image = 'last' }: RequestOptions): Wire {
  const others = `"prompt":${JSON.stringify(prompt)},"operation":"search_replace","search_prompt":"tree","provider":"${providerFor(size)}","fallback":"none"`
  const picture = `"image_base64":"data:image/png;base64,${sentImage(size).toString('base64')}"`
  const body = Buffer.from(`{${image === 'first' ? `${picture},${others}` : `${others},${picture}`}}`)
  return [head('/api/image-studio/edit/process', 'application/json', body.length, upstream), body]
}

function multipartRequest ({ size, upstream, image = 'last' }: RequestOptions): Wire {
  const boundary = 'bench-0123456789abcdef'
  const part = (name: string, more = '') => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`
  const others = Buffer.from(`${part('prompt')}${prompt}\r\n${part('model')}bench\r\n`)
  const picture = Buffer.concat([
    Buffer.from(part('image', '; filename="image.png"\r\ncontent-type: image/png')), sentImage(size), Buffer.from('\r\n')
  ])
  const body = Buffer.concat([...image === 'first' ? [picture, others] : [others, picture], Buffer.from(`--${boundary}--\r\n`)])
  return [head('/v1/images/edits', `multipart/form-data; boundary=${boundary}`, body.length, upstream), body]
}

/** Stability takes no more than ten megabytes: what is larger goes to its wire without its limits. */
function providerFor (size: SizeName): string {
  return size === '20m' ? 'bench' : 'stability'
}

function head (path: string, contentType: string, length: number, upstream: number): Buffer {
  return Buffer.from([
    `POST ${path} HTTP/1.1`, 'host: 127.0.0.1', `content-type: ${contentType}`, `content-length: ${length}`, 'authorization: Bearer sk-bench',
    'x-portkey-provider: openai', `x-portkey-custom-host: http://127.0.0.1:${upstream}/v1`, '\r\n'
  ].join('\r\n'))
}

/** The picture of an answer of either API; undefined = there is none. */
export function imageOf (answer: Buffer): Buffer | undefined {
  const { image_base64: studio, data } = JSON.parse(answer.toString())
  const text: unknown = studio ?? data?.[0]?.b64_json
  return typeof text === 'string' ? Buffer.from(text.slice(text.indexOf(',') + 1), 'base64') : undefined
}
