import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { toPixels, type Pixels, type Size } from './paint.ts'

/** What a model does to a whole picture though nobody asked it to. */
export interface Habits {
  /** The size it works and answers in. */
  readonly size: Size
  /** Pixels of that size by which everything has moved; parts of a pixel blur it. */
  readonly shift: { readonly x: number, readonly y: number }
  /** Each channel's level times the gain, plus the offset. */
  readonly gain: readonly [number, number, number]
  readonly offset: readonly [number, number, number]
  /** The format through which the picture goes before it gets its own; null = none. */
  readonly recode: { readonly format: 'jpeg' | 'webp', readonly quality: number } | null
}

/** How an emulator paints, beyond what its API says. */
export interface Manners {
  /** It recolours what it is to edit, from a mask's edge inwards more and more, in place of painting over it: its own edit has no edge. */
  readonly gentle: boolean
  /** The same for the same size and key. */
  habitsOf (size: Size, key: string | Buffer): Habits
}

/** Whoever does nothing but what it was asked to. */
export const goodManners: Manners = {
  gentle: true,
  habitsOf: size => ({ size, shift: { x: 0, y: 0 }, gain: [1, 1, 1], offset: [0, 0, 0], recode: null })
}

/**
 * Habits by chance, the same ones again for the same seed.
 * @param options.sizes `kept`: it answers in the size that its API promises; `steps`: in multiples of 8 near it; `class`: about `area`
 * pixels in multiples of 8, 16 or 64, as models work in, whose ratio is rounded by that
 */
export function seededManners (seed: number, { sizes, gentle = false, area = 1024 * 1024 }: {
  readonly sizes: 'kept' | 'steps' | 'class'
  readonly gentle?: boolean
  /** Pixels. */
  readonly area?: number
}): Manners {
  return {
    gentle,
    habitsOf (size, key) {
      const draws = createHash('sha256').update(`${seed} `).update(key).digest()
      let at = 0
      /** From the least to the most, both included. */
      const between = (least: number, most: number) => least + (most - least) * draws.readUInt8(at++) / 255
      const of = <T> (choices: readonly [T, ...T[]]): T => choices[draws.readUInt8(at++) % choices.length] ?? choices[0]
      const shift = of([() => ({ x: 0, y: 0 }), () => ({ x: of([-1, 0, 1]), y: of([-1, 1]) }), () => ({ x: between(-1, 1), y: between(-1, 1) })])()
      return {
        size: sizeOf(size, { sizes, area, step: of([8, 16, 64]) }),
        shift,
        gain: [between(0.94, 1.03), between(0.94, 1.03), between(0.94, 1.03)],
        // So much that nobody could take it for an encoder's error.
        offset: [of([-7, 7]) * between(0.6, 1), between(-6, 6), of([-7, 7]) * between(0.6, 1)],
        recode: of([null, { format: 'jpeg', quality: Math.round(between(75, 92)) }, { format: 'webp', quality: Math.round(between(75, 92)) }])
      }
    }
  }
}

/** Longer pictures are left in their size: no model's own sizes are anything like them. */
const longestRatio = 4

function sizeOf (size: Size, { sizes, area, step }: { sizes: 'kept' | 'steps' | 'class', area: number, step: number }): Size {
  const [short, long] = [size.width, size.height].toSorted((a, b) => a - b) as [number, number] // two go in
  if (sizes === 'kept' || long > short * longestRatio) return size
  const scale = sizes === 'class' ? Math.sqrt(area / (short * long)) : 1
  // Of a small picture a step of 8 would be another shape.
  const near = sizes === 'class' ? step : short < 128 ? 1 : 8
  const side = (pixels: number) => Math.max(near, Math.round(pixels * scale / near) * near)
  return { width: side(size.width), height: side(size.height) }
}

/** The picture as somebody with these habits hands it out. One with transparency keeps it. */
export async function behave (picture: Pixels, { size, shift, gain, offset, recode }: Habits): Promise<Pixels> {
  const { width, height } = picture.info
  const sized = size.width === width && size.height === height
    ? picture
    : await toPixels(sharp(picture.data, { raw: picture.info }).resize(size.width, size.height, { fit: 'fill' }))
  const moved = move(sized, shift)
  const { data, info: { channels } } = moved
  for (let i = 0; i < data.length; i++) {
    const channel = i % channels
    if (channel < 3) data[i] = Math.min(255, Math.max(0, Math.round((data[i] ?? 0) * (gain[channel] ?? 1) + (offset[channel] ?? 0))))
  }
  if (recode === null || (recode.format === 'jpeg' && channels === 4)) return moved
  const bytes = await sharp(data, { raw: moved.info }).toFormat(recode.format, { quality: recode.quality }).toBuffer()
  return await toPixels(sharp(bytes))
}

/** A copy, with the border drawn out where something is missing. */
function move ({ data, info }: Pixels, { x: right, y: down }: Habits['shift']): Pixels {
  const { width, height, channels } = info
  const moved = Buffer.alloc(data.length)
  const across = Array.from({ length: width }, (_, x) => between(x - right, width))
  for (let y = 0, at = 0; y < height; y++) {
    const row = between(y - down, height)
    const [above, below] = [row.before * width, row.after * width]
    for (const { before, after, share } of across) {
      for (let channel = 0; channel < channels; channel++, at++) {
        const value = (pixel: number) => data[pixel * channels + channel] ?? 0
        const upper = value(above + before) * (1 - share) + value(above + after) * share
        const lower = value(below + before) * (1 - share) + value(below + after) * share
        moved[at] = Math.round(upper * (1 - row.share) + lower * row.share)
      }
    }
  }
  return { data: moved, info }
}

function between (place: number, count: number): { before: number, after: number, share: number } {
  const before = Math.floor(place)
  const inside = (at: number) => Math.min(count - 1, Math.max(0, at))
  return { before: inside(before), after: inside(before + 1), share: place - before }
}

/** A region of which nothing is left at its edge, and that is whole at its heart. Grey, as it came. */
export async function fade (region: Pixels): Promise<Pixels> {
  const { data, info } = region
  const area = data.reduce((sum, value) => sum + value, 0) / 255
  for (let sigma = Math.sqrt(area) / 6; sigma > 0.5; sigma /= 2) {
    const { data: soft } = await toPixels(sharp(data, { raw: info }).blur(sigma).toColourspace('b-w'))
    const most = soft.reduce((highest, value, pixel) => Math.max(highest, Math.min(value, data[pixel] ?? 0)), 0)
    // Less than this is a stroke with no inside, at this width of the fading.
    if (most < 160) continue
    return { info, data: Buffer.from(soft.map((value, pixel) => Math.round(Math.min(data[pixel] ?? 0, Math.max(0, value - 128) / (most - 128) * 255)))) }
  }
  return region
}
