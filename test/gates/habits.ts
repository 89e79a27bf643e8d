import sharp, { type Sharp } from 'sharp'
import type { Dice, Pixels, Size } from './pictures.ts'

/** What vendors do to a picture without being asked. */
export interface Habits {
  /** Added to each channel, levels. */
  readonly shift?: readonly [number, number, number]
  readonly gain?: number
  readonly gamma?: number
  /** How far the colours go the way from sRGB to Display P3 read as sRGB, 0–1. */
  readonly profile?: number
  /** Pixels, parts of one. */
  readonly moved?: readonly [number, number]
  /** Through a smaller picture of this share of its size, and back. */
  readonly through?: number
  /** Standard deviation of what a model's decoder makes of even areas, levels. */
  readonly noise?: number
  readonly encoded: 'png' | 'jpeg' | 'webp'
  readonly quality: number
  /** The size in which it comes; else its own. */
  readonly size?: Size
}

/** Each with its chance, some together. */
export function rollHabits (dice: Dice, formats: readonly ['png' | 'jpeg' | 'webp', ...Array<'png' | 'jpeg' | 'webp'>] = ['png', 'jpeg', 'jpeg', 'webp']): Habits {
  const level = () => dice.between(-4, 4)
  return {
    ...dice.chance(0.5) && { shift: [level(), level(), level()] as const },
    ...dice.chance(0.3) && { gain: dice.between(0.985, 1.015) },
    ...dice.chance(0.2) && { gamma: dice.between(0.98, 1.02) },
    ...dice.chance(0.2) && { profile: dice.between(0.2, 1) },
    ...dice.chance(0.4) && { moved: [dice.between(-0.5, 0.5), dice.between(-0.5, 0.5)] as const },
    ...dice.chance(0.4) && { through: dice.between(0.6, 0.95) },
    ...dice.chance(0.3) && { noise: dice.between(0.3, 1.5) },
    encoded: dice.oneOf(formats),
    quality: dice.whole(60, 95)
  }
}

/** The picture as such a vendor gives it. */
export async function through (picture: Pixels, habits: Habits, dice: Dice): Promise<Buffer> {
  const { shift = [0, 0, 0], gain = 1, gamma = 1, profile = 0, noise = 0, moved, size } = habits
  const shifted = moved === undefined ? picture : move(picture, moved)
  const { width, height } = picture
  const bytes = new Uint8Array(width * height * 3)
  for (let at = 0; at < bytes.length; at += 3) {
    const [red, green, blue] = drift([0, 1, 2].map(channel => shifted.data[at + channel]), profile)
    const colour = [red, green, blue]
    for (let channel = 0; channel < 3; channel++) {
      const toned = 255 * (Math.min(255, Math.max(0, colour[channel] * gain + shift[channel])) / 255) ** gamma
      bytes[at + channel] = Math.min(255, Math.max(0, Math.round(toned + noise * normal(dice))))
    }
  }
  let image = sharp(bytes, { raw: { width, height, channels: 3 } })
  if (habits.through !== undefined) {
    const [less, lower] = [width, height].map(side => Math.max(1, Math.round(side * Number(habits.through))))
    image = await scaled(await scaled(image, { width: less, height: lower }), { width, height })
  }
  return await encode(size === undefined ? image : await scaled(image, size), habits).toBuffer()
}

export function encode (image: Sharp, { encoded, quality }: Pick<Habits, 'encoded' | 'quality'>): Sharp {
  return encoded === 'png' ? image.png({ compressionLevel: 1 }) : encoded === 'jpeg' ? image.jpeg({ quality }) : image.webp({ quality, effort: 0 })
}

async function scaled (image: Sharp, { width, height }: Size): Promise<Sharp> {
  const { data, info } = await image.resize(width, height, { fit: 'fill' }).raw().toBuffer({ resolveWithObject: true })
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
}

function move ({ data, width, height }: Pixels, [dx, dy]: readonly [number, number]): Pixels {
  const moved = new Float32Array(data.length)
  const at = (x: number, y: number) => (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * 3
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [left, top] = [Math.floor(x - dx), Math.floor(y - dy)]
      const [across, down] = [x - dx - left, y - dy - top]
      for (let channel = 0; channel < 3; channel++) {
        const value = (column: number, row: number) => data[at(column, row) + channel]
        moved[at(x, y) + channel] = (value(left, top) * (1 - across) + value(left + 1, top) * across) * (1 - down) +
          (value(left, top + 1) * (1 - across) + value(left + 1, top + 1) * across) * down
      }
    }
  }
  return { data: moved, width, height }
}

// Linear sRGB to linear Display P3 (both D65), each row sums to one.
const toP3 = [[0.8225, 0.1775, 0], [0.0332, 0.9668, 0], [0.0171, 0.0724, 0.9105]] as const

function drift (colour: readonly number[], share: number): readonly number[] {
  if (share === 0) return colour
  const linear = colour.map(value => (Math.max(0, value) / 255) ** 2.2)
  return toP3.map((row, channel) => {
    const value = 255 * Math.max(0, row.reduce<number>((sum, part, index) => sum + part * linear[index], 0)) ** (1 / 2.2)
    return colour[channel] * (1 - share) + value * share
  })
}

/** About normally distributed, standard deviation 1. */
function normal (dice: Dice): number {
  return (dice.next() + dice.next() + dice.next() + dice.next() - 2) * Math.sqrt(3)
}
