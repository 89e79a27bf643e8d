import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { FormPart, ModelCard } from '../../../core/index.ts'

export const meta = { name: 'bench' }

export const options = Type.Object({ baseUrl: Type.String({ description: 'Of the bench\'s upstream.' }) }, { additionalProperties: false })

const card: ModelCard = {
  id: 'bench',
  name: 'Bench',
  description: 'Stability\'s wire without its limits: also for pictures of more than ten megabytes, and for edits that name no region.',
  tier: 'budget',
  operations: ['general_edit', 'search_replace'],
  capabilities: [],
  inputs: { formats: ['image/png'], accepts: ['prompt', 'search_prompt'], mask: 'none', maxImages: 1 },
  outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: true },
  parameters: {},
  price: { usd: 0 },
  expectedSeconds: 1
}

/** A provider that asks the upstream of the bench. */
export default async function bench (app: FastifyInstance, { baseUrl }: Static<typeof options>): Promise<void> {
  const upstream = app.createUpstream({ name: 'bench', baseUrl })
  app.providers.register({
    specificationVersion: 'v1',
    name: 'bench',
    vendor: 'bench',
    models: [card],
    keepsNoBytes: true,
    async submit ({ images: [image], prompt = '', searchPrompt = 'tree' }, { signal }) {
      const texts: FormPart[] = [{ name: 'prompt', value: prompt }, { name: 'search_prompt', value: searchPrompt }, { name: 'output_format', value: 'png' }]
      const form: FormPart[] = [{ name: 'image', value: image.bytes, filename: 'image.png', contentType: image.mediaType }, ...texts]
      const { body } = await upstream.post('/v2beta/stable-image/edit/search-and-replace', { form }, { signal, headers: { accept: 'image/*' } })
      return { state: 'done', result: { images: [{ bytes: body }] } }
    }
  })
}
