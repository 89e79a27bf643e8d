import sharp from 'sharp'
import type { Expansion, Operation } from '../../core/index.ts'
import { decodeImage, decodeMask, encodeImage } from './codec.ts'
import { operations } from './operations.ts'
import { Refusal, type LocalInputs } from './raster.ts'

/** One edit for a worker: encoded images, each in a buffer of its own. */
export interface Job {
  readonly operation: Operation
  readonly image: Uint8Array
  readonly mask?: Uint8Array
  readonly background?: Uint8Array
  readonly lighting?: Uint8Array
  readonly prompt?: string
  readonly selectPrompt?: string
  readonly expansion?: Expansion
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A PNG, or why there is none. An error's class would be lost on the way between threads, so a refusal is an answer. */
export type Answer = { readonly png: Uint8Array, readonly warnings: readonly string[] } | { readonly refused: string }

// libvips is one for all threads of the process. No image comes twice, and a cache would keep one tenant's pixels in memory.
sharp.cache(false)

/** What a worker runs: decodes, edits, encodes. */
export default async function edit (job: Job): Promise<Answer> {
  const { image, mask, background, lighting, operation, ...rest } = job
  const run = operations[operation]
  if (run === undefined) throw new TypeError(`there is no local ${operation}`)
  const { raster, traits } = await decodeImage(image, background === undefined && lighting === undefined)
  const inputs: LocalInputs = {
    ...rest,
    ...mask && { mask: await decodeMask(mask) },
    ...background && { background: (await decodeImage(background, false)).raster },
    ...lighting && { lighting: (await decodeImage(lighting, false)).raster }
  }
  try {
    const png = await encodeImage(await run(raster, inputs), traits)
    return { png, warnings: traits.deep ? ['edited in 8 bits a channel: the image had more'] : [] }
  } catch (err) {
    if (err instanceof Refusal) return { refused: err.message }
    throw err
  }
}
