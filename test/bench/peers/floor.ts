/**
 * What the sockets alone cost in Node: takes the same bytes as a gateway that decodes and encodes, sends as many on, and answers with
 * as many, but looks at none of them: the answer's base64 was made before.
 */
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import { madeImage, sentImage, sizeNames } from '../images.ts'

const agent = new Agent({ keepAlive: true })
const endpoint = `${process.env.UPSTREAM}/v2beta/stable-image/edit/search-and-replace`

const pictures = sizeNames.map(size => {
  const text = madeImage(size).toString('base64')
  return {
    bytes: sentImage(size).length,
    json: Buffer.from(`{"success":true,"image_base64":"data:image/png;base64,${text}"}`),
    multipart: Buffer.from(`{"created":1,"data":[{"b64_json":"${text}"}]}`)
  }
})

const server = createServer(async (asked, reply) => {
  const form = asked.url === '/v1/images/edits' ? 'multipart' : 'json'
  const length = Number(asked.headers['content-length'])
  const body = Buffer.allocUnsafeSlow(length)
  let at = 0
  for await (const part of asked) at += part.copy(body, at)
  // The largest one that fits into this body.
  const picture = pictures.findLast(({ bytes }) => bytes * (form === 'json' ? 4 / 3 : 1) <= length)
  if (picture === undefined) throw new TypeError('no picture of this size')
  const sending = request(endpoint, { method: 'POST', agent, headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': picture.bytes } })
  sending.end(body.subarray(0, picture.bytes))
  const [answer]: IncomingMessage[] = await once(sending, 'response')
  answer?.resume()
  if (answer !== undefined) await once(answer, 'end')
  const made = picture[form]
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': made.length }).end(made)
})

server.listen(Number(process.env.PORT), '127.0.0.1')
