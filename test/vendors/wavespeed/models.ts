import type { Size } from '../paint.ts'

/** One field of a model's JSON body. */
export type FieldRule =
  | { readonly kind: 'text', readonly required?: true }
  | { readonly kind: 'images', readonly max: number }
  | { readonly kind: 'image' }
  | { readonly kind: 'size', readonly min: number, readonly max: number, readonly step?: number }
  | { readonly kind: 'number', readonly min: number, readonly max: number, readonly integer?: true }
  | { readonly kind: 'choice', readonly values: readonly string[], readonly default?: string }
  | { readonly kind: 'boolean' }

export type Format = 'png' | 'jpeg' | 'webp'

/** Texts of the fields that were sent, with defaults filled in. */
export type Values = Readonly<Record<string, string>>

/** A row of the catalogue: what a model takes, what it costs and what it makes. */
export interface Model {
  readonly fields: Readonly<Record<string, FieldRule>>
  /** USD for one call. */
  readonly price: (values: Values) => number
  /** Of the result, before `pixelScale`. */
  readonly size: (values: Values, first: Size) => Size
  readonly format: (values: Values) => Format
}

const switches = { enable_sync_mode: { kind: 'boolean' }, enable_base64_output: { kind: 'boolean' } } as const
const prompt = { kind: 'text', required: true } as const
const seed = { kind: 'number', min: -1, max: 2_147_483_647, integer: true } as const
const longestSides: Readonly<Record<string, number>> = { '4k': 4096, '8k': 8192 }

/**
 * The catalogue, from the vendor's pages of 2025 and September 2026. Names of fields that are not here are refused: what the
 * vendor does with them is not documented. Steps of 8 are a third party's observation; sizes off them are refused, too.
 */
export const models = {
  'wavespeed-ai/qwen-image/edit-plus': {
    fields: {
      prompt,
      images: { kind: 'images', max: 3 },
      size: { kind: 'size', min: 256, max: 1536, step: 8 },
      seed,
      output_format: { kind: 'choice', values: ['jpeg', 'png', 'webp'], default: 'jpeg' },
      ...switches
    },
    price: () => 0.02,
    size: ({ size }, first) => parseSize(size) ?? within(first, 256, 1536),
    format: formatOf
  },
  'google/nano-banana-pro/edit-ultra': {
    fields: {
      prompt,
      images: { kind: 'images', max: 14 },
      aspect_ratio: { kind: 'choice', values: ['1:1', '3:2', '2:3', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'] },
      resolution: { kind: 'choice', values: ['4k', '8k'], default: '4k' },
      output_format: { kind: 'choice', values: ['png', 'jpeg'], default: 'png' },
      ...switches
    },
    price: ({ resolution }) => resolution === '8k' ? 0.18 : 0.15,
    size: ({ aspect_ratio: ratio, resolution = '4k' }, first) => ofRatio(ratio, longestSides[resolution] ?? 4096, first),
    format: formatOf
  },
  'bytedance/seedream-v4.5/edit': {
    fields: {
      prompt,
      images: { kind: 'images', max: 10 },
      size: { kind: 'size', min: 1024, max: 4096 },
      ...switches
    },
    price: () => 0.04,
    size: ({ size }) => parseSize(size) ?? { width: 2048, height: 2048 },
    format: () => 'jpeg'
  },
  'wavespeed-ai/flux-kontext-pro': {
    fields: {
      prompt,
      image: { kind: 'image' },
      aspect_ratio: { kind: 'choice', values: ['1:1', '3:2', '2:3', '3:4', '4:3', '9:16', '16:9', '21:9', '9:21'] },
      guidance_scale: { kind: 'number', min: 1, max: 20 },
      seed,
      ...switches
    },
    price: () => 0.04,
    size: ({ aspect_ratio: ratio }, first) => ofRatio(ratio, 1024, first),
    format: () => 'jpeg'
  }
} as const satisfies Readonly<Record<string, Model>>

export type ModelId = keyof typeof models

/** Of `"W*H"`. */
export function parseSize (text = ''): Size | undefined {
  const [, width, height] = /^(\d+)\*(\d+)$/.exec(text) ?? []
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) }
}

function formatOf ({ output_format: format }: Values): Format {
  return format as Format // the field's rule has checked it, or filled it in
}

function ofRatio (ratio: string | undefined, longest: number, first: Size): Size {
  const [width = first.width, height = first.height] = ratio?.split(':').map(Number) ?? []
  const scale = longest / Math.max(width, height)
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

function within ({ width, height }: Size, min: number, max: number): Size {
  const scale = Math.min(1, max / Math.max(width, height))
  const side = (length: number) => Math.max(min, Math.round(length * scale))
  return { width: side(width), height: side(height) }
}
