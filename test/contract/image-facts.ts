import assert from 'node:assert/strict'
import sharp from 'sharp'
import { lookalike, sniff } from '../../core/imaging/sniff.ts'

/** What an image is by its bytes. */
export interface ImageFacts {
  readonly mediaType: string
  readonly width: number
  readonly height: number
  /** Lowest and highest alpha, 0–255; an image without an alpha channel is opaque. */
  readonly alpha: { readonly min: number, readonly max: number }
}

/** Decodes every pixel. Rejects with an AssertionError when it is no image or is damaged. */
export async function inspect (bytes: Uint8Array): Promise<ImageFacts> {
  const type = sniff(bytes)
  assert.ok(type, `the result is no image but ${lookalike(bytes)}`)
  try {
    const { data, info } = await sharp(bytes, { failOn: 'warning' }).ensureAlpha().extractChannel('alpha').raw().toBuffer({ resolveWithObject: true })
    const alpha = data.reduce(({ min, max }, value) => ({ min: Math.min(min, value), max: Math.max(max, value) }), { min: 255, max: 0 })
    return { mediaType: type.mediaType, width: info.width, height: info.height, alpha }
  } catch (cause) {
    throw new assert.AssertionError({ message: `the result is a damaged ${type.name}: ${String(cause)}` })
  }
}

/** How unlike two images are, 0–255: the mean difference of their pixels once both are made small and square. */
export async function difference (a: Uint8Array, b: Uint8Array): Promise<number> {
  const [one, other] = await Promise.all([thumbnail(a), thumbnail(b)])
  return one.reduce((sum, level, index) => sum + Math.abs(level - other[index]), 0) / one.length
}

async function thumbnail (bytes: Uint8Array): Promise<Buffer> {
  return await sharp(bytes).flatten({ background: '#000' }).toColourspace('srgb').resize(24, 24, { fit: 'fill' }).removeAlpha().raw().toBuffer()
}
