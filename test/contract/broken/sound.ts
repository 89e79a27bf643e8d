import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { EditProvider, ModelCard, Operation, ProviderEdit, Submission, UpstreamAnswer } from '../../../core/index.ts'

export interface SoundOptions {
  readonly apiKey?: string
  readonly baseUrl: string
}

/** The sound provider, with all that a provider can have. */
export type Sound = EditProvider & Required<Pick<EditProvider, 'poll' | 'cancel' | 'recover'>>

/** What a broken plugin changes of it. */
export type Change = (sound: Sound, its: { readonly app: FastifyInstance, readonly apiKey: string }) => EditProvider

export const cards = {
  now: cardOf('now', 'general_edit'),
  cutOut: cardOf('cut-out', 'remove_background'),
  /** Answers with a job. */
  later: cardOf('later', 'outpaint'),
  exact: cardOf('exact', 'general_edit', { size: { rule: 'exact', minSide: 64, maxSide: 120, step: 8 } }),
  ratio: cardOf('ratio', 'general_edit', { size: { rule: 'ratio', ratios: ['1:1', '4:3'], resolutions: { '1k': 1024 } } }),
  vendor: cardOf('vendor', 'general_edit', { size: { rule: 'vendor' }, maxSide: 2000 })
} as const

/** A provider of the Mosaic vendor that keeps the contract: what is broken elsewhere is one thing beside it. */
export function soundPlugin (name: string, change: Change = sound => sound, models: EditProvider['models'] = [cards.now]): FastifyPluginAsync<SoundOptions> {
  return async (app, { apiKey, baseUrl }) => {
    if (apiKey === undefined) return app.providers.unconfigured({ name, vendor: 'mosaic', models, anyModel: true }, 'apiKey is missing')
    const provider = change(createSound(name, models, app, { apiKey, baseUrl }), { app, apiKey })
    // Without a model that answers with a job there is none to ask for.
    app.providers.register(models.includes(cards.later) ? provider : Object.assign(provider, { poll: undefined, cancel: undefined }))
  }
}

function createSound (name: string, models: EditProvider['models'], app: FastifyInstance, { apiKey, baseUrl }: Required<SoundOptions>): Sound {
  const api = app.createUpstream({ name, baseUrl, headers: { authorization: `Bearer ${apiKey}` }, secrets: [apiKey] })
  const read = (answer: UpstreamAnswer): Submission => {
    const job = Object(answer.json)
    if (job.state === 'finished') {
      const image = typeof job.url === 'string' ? { url: job.url } : { bytes: Buffer.from(job.image, 'base64') }
      return { state: 'done', result: { images: [image], seed: job.seed, costUsd: job.cost, vendorRequestId: job.id } }
    }
    if (job.state === 'queued' || job.state === 'working') return { state: 'pending', handle: { id: job.id }, pollAfterMs: 1, progress: job.progress }
    throw new app.EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the vendor answered what nobody knows')
  }
  return {
    specificationVersion: 'v1',
    name,
    vendor: 'mosaic',
    models,
    anyModel: true,
    submit: async (edit, { signal }) => read(await api.post(`/v1/edits?model=${encodeURIComponent(edit.model)}`, { json: orderOf(edit) }, { signal })),
    poll: async ({ id }, { signal }) => read(await api.get(`/v1/edits/${id}`, { signal })),
    cancel: async ({ id }, { signal }) => { await api.put(`/v1/edits/${id}/cancel`, { json: {} }, { signal }) },
    recover: async () => null
  }
}

const tasks: Partial<Record<Operation, string>> = { remove_background: 'cut_out', outpaint: 'extend' }

function orderOf ({ operation, card, images: [image, ...references], mask, prompt, parameters, expansion, output }: ProviderEdit): object {
  const { width, height, aspectRatio } = output
  return {
    task: tasks[operation] ?? 'pixelate',
    image: { base64: image.bytes },
    references: references.map(({ bytes }) => ({ base64: bytes })),
    mask: mask && { base64: mask.bytes },
    instruction: prompt,
    block: parameters.block_size,
    ...expansion,
    width,
    height,
    ratio: aspectRatio,
    wait: card.id !== 'later'
  }
}

function cardOf (id: string, operation: Operation, outputs: Partial<ModelCard['outputs']> = {}): ModelCard {
  return {
    id,
    name: id,
    description: 'Makes mosaics.',
    tier: 'budget',
    operations: [operation],
    capabilities: [],
    inputs: { formats: ['image/png'], accepts: ['prompt', 'expansion'], mask: 'white-edits', maxImages: 2 },
    outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: true, ...outputs },
    parameters: { block_size: { type: 'integer', description: 'Side of a block, pixels.', minimum: 2, maximum: 32, default: 8 } },
    price: { usd: 0.01 },
    expectedSeconds: 1
  }
}
