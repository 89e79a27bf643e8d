import sharp from 'sharp'
import { configFrom } from '../../core/config.ts'
import type { ResultImage } from '../../core/contract.ts'
import { EditError } from '../../core/errors.ts'
import { finishResult } from '../../core/finish-result.ts'
import type { Gates } from '../../core/gates.ts'
import { questionFor } from '../../core/gates.ts'
import { readResult } from '../../core/imaging/finish.ts'
import type { Figures } from '../../core/imaging/gate-figures.ts'
import type { ImageLimits } from '../../core/imaging/limits.ts'
import { compareUnmasked } from '../../core/imaging/preserve.ts'
import type { ModelCard } from '../../core/model-card.ts'
import { plan, type Candidate } from '../../core/planner.ts'
import type { EditImage, EditMask, EditRequest } from '../../core/request.ts'
import { restore } from '../../core/restoration.ts'
import { card, inputs, offer, request } from '../core/fixtures.ts'
import type { Pixels, Shape } from './pictures.ts'

/** The names of what refuses a result. */
export type Gate = keyof Gates | 'limits' | 'damaged'

/** A result, and what should become of it. */
export interface Case {
  readonly name: string
  /** That is to refuse it; undefined = it is good. */
  readonly gate?: Gate
  readonly request: Partial<EditRequest>
  readonly outputs?: Partial<ModelCard['outputs']>
  readonly result: ResultImage & { readonly bytes: Uint8Array }
  readonly limits?: Partial<ImageLimits>
}

/** What became of it: the gate that refused it, undefined = none. */
export interface Judgement {
  readonly gate: Gate | undefined
  readonly code: string | undefined
}

const config = configFrom({})

export async function judge (instance: Case, gates: Gates = config.gates): Promise<Judgement> {
  const limits = { ...config.limits, ...instance.limits }
  const { signal } = new AbortController()
  try {
    const download = async (): Promise<Buffer> => Buffer.alloc(0)
    await finishResult({ images: [instance.result] }, candidateOf(instance), { download, limits, gates, signal, adaptations: [] })
    return { gate: undefined, code: undefined }
  } catch (error) {
    if (!(error instanceof EditError)) throw error
    const { code, details } = error
    return { code, gate: details.gate as Gate } // the kernel's own names
  }
}

/** What was measured of a result that can be compared with its image. */
export async function figuresOf (instance: Case): Promise<Figures | undefined> {
  const candidate = candidateOf(instance)
  const { images: [image], mask, expansion } = candidate.request
  const result = await readResult(instance.result.bytes, config.limits)
  const { aligned, crop, scaledTo } = restore(result, candidate)
  if (!aligned) return undefined
  return (await compareUnmasked({ image, mask, expansion, result, reshape: { crop, scaledTo }, question: questionFor(candidate, result, config.gates) })).figures
}

function candidateOf ({ name, request: changes, outputs }: Case): Candidate {
  const model = card({
    operations: ['remove_background', 'inpaint', 'outpaint', 'search_replace', 'search_recolor', 'relight', 'general_edit', 'erase'],
    inputs: inputs({ mask: 'white-edits', accepts: ['prompt', 'search_prompt', 'select_prompt', 'background', 'lighting', 'expansion'] }),
    outputs: { ...card().outputs, ...outputs }
  })
  const [candidate] = plan(request(changes), [offer({ card: model })], {}).candidates
  if (candidate === undefined) throw new TypeError(`${name}: the request does not fit the card`)
  return candidate
}

export function bytesOf ({ data }: Pixels): Uint8Array {
  return Uint8Array.from(data, value => Math.max(0, Math.min(255, Math.round(value))))
}

/** The picture as a caller sends it. */
export async function imageOf (pixels: Pixels, kind: 'png' | 'jpeg' | 'grey' | 'deep' | 'alpha' = 'png'): Promise<EditImage> {
  const { width, height } = pixels
  const raw = sharp(bytesOf(pixels), { raw: { width, height, channels: 3 } })
  const made = kind === 'jpeg'
    ? raw.jpeg({ quality: 92 })
    : kind === 'grey' ? raw.greyscale().png({ compressionLevel: 1 }) : kind === 'deep' ? raw.toColourspace('rgb16').png({ compressionLevel: 1 }) : raw.png({ compressionLevel: 1 })
  const bytes = await (kind === 'alpha' ? made.ensureAlpha() : made).toBuffer()
  return { bytes, mediaType: kind === 'jpeg' ? 'image/jpeg' : 'image/png', width, height, alpha: kind === 'alpha', profile: null }
}

export function maskOf (shape: Shape, { width, height }: Pick<Pixels, 'width' | 'height'>): EditMask {
  const pixels = new Uint8Array(width * height)
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at++) pixels[at] = shape(x, y) >= 0.5 ? 255 : 0
  return { pixels, width, height }
}
