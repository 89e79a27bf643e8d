import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import OpenAI from 'openai'

const client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:3000/v1', apiKey: 'none' })
const image = () => createReadStream('test/examples/images/meadow.jpg')

// By instruction. Who did it, what it cost and what was adapted is in `retouch`.
const sepia = await client.images.edit({ image: image(), prompt: 'sepia, a little darker' })
await writeFile('sepia.png', Buffer.from(sepia.data[0].b64_json, 'base64'))
console.log(sepia.size, sepia.retouch.provider, sepia.retouch.cost_usd)

// What OpenAI has no field for passes through its library all the same.
const wider = await client.images.edit({ image: image(), operation: 'outpaint', expand_left: 160, output_format: 'jpeg', response_format: 'url' })
console.log(wider.data[0].url)

// As a stream: one event for each result.
for await (const event of await client.images.edit({ image: image(), prompt: 'mirror horizontally', stream: true })) {
  console.log(event.type, event.size)
}
