import { draw, type Picture } from './pictures.ts'

export const [width, height] = [160, 120] as const

/** How much of the subject is seen: a disc with a soft edge, a block with a hard one, and hairs of part of a pixel's width. */
export function alphaAt (x: number, y: number): number {
  const clip = (value: number) => Math.min(1, Math.max(0, value))
  const disc = clip((36 - Math.hypot(x - 80, y - 66)) / 6 + 0.5)
  const block = x >= 56 && x < 104 && y >= 90 ? 1 : 0
  const hairs = [-0.9, -0.4, 0.1, 0.6].map(slope => {
    const distance = Math.abs(x - 80 - (66 - y) * slope) / Math.hypot(1, slope)
    return y > 14 && y < 66 ? clip(0.9 - distance) : 0
  })
  return Math.max(disc, block, ...hairs)
}

/** Skin, a white block with a red stripe, dark hair, and something green that is no key. */
export function subjectAt (x: number, y: number): readonly number[] {
  if (y >= 90 && x >= 56 && x < 104) return y >= 100 && y < 106 ? [192, 32, 42] : [244, 241, 232]
  if (x >= 70 && x < 90 && y >= 60 && y < 70) return [120, 150, 80]
  return Math.hypot(x - 80, y - 66) < 33 ? [180, 106, 74] : [58, 38, 24]
}

/** The subject before a ground, in a tone of its own. */
export function before (ground: (x: number, y: number) => readonly number[], { tone = (value: number) => value, noise = 0, alpha = alphaAt } = {}): Picture {
  let seed = 7
  return draw(width, height, 3, (x, y) => {
    const share = alpha(x, y)
    const behind = ground(x, y)
    return subjectAt(x, y).map((value, channel) => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return Math.min(255, Math.max(0, Math.round(tone(value) * share + behind[channel] * (1 - share) + noise * (seed / 0x7fffffff - 0.5))))
    })
  })
}

/** What a picture shows behind its subject when nobody has changed it. */
export const room = (x: number, y: number): readonly number[] => [120 + x / 4, 150 - y / 3, 170 - x / 5]
