import type { FastifyPluginAsync } from 'fastify'
import { cards, type SoundOptions } from './sound.ts'

const name = 'calls-past-the-kernel'
export const meta = { name }

const plugin: FastifyPluginAsync<SoundOptions> = async (app, { apiKey, baseUrl }) => {
  const described = { name, vendor: 'mosaic', models: [cards.now] } as const
  if (apiKey === undefined) return app.providers.unconfigured(described, 'apiKey is missing')
  app.providers.register({
    ...described,
    specificationVersion: 'v1',
    async submit ({ images: [image] }, { signal }) {
      const response = await fetch(`${baseUrl}/v1/edits`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, connection: 'close' },
        body: JSON.stringify({ task: 'pixelate', image: image.bytes.toString('base64'), wait: true }),
        signal
      })
      return { state: 'done', result: { images: [{ bytes: Buffer.from(Object(await response.json()).image, 'base64') }] } }
    }
  })
}

export default plugin
