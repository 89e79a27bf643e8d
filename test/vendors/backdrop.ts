import { draw, type Pixels } from './paint.ts'

/**
 * What an obedient model makes of the words "one completely flat, even color, pure green (#00ff00)": an oval of the picture before that
 * colour. undefined when the words ask for no such thing.
 */
export function onBackdrop ({ data, info }: Pixels, prompt: string): Pixels | undefined {
  const [, hex] = /flat, even colou?r, pure \w+ \((#[0-9a-f]{6})\)/i.exec(prompt) ?? []
  if (hex === undefined) return undefined
  const { width, height, channels } = info
  const key = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16))
  return draw(info, 3, (x, y) => {
    const [dx, dy] = [(x + 0.5 - width / 2) / (width * 0.32), (y + 0.5 - height / 2) / (height * 0.36)]
    const inside = Math.min(1, Math.max(0, (1 - Math.hypot(dx, dy)) * Math.min(width, height) * 0.3 + 0.5))
    return [0, 1, 2].map(channel => Math.round((data[(y * width + x) * channels + channel] ?? 0) * inside + (key[channel] ?? 0) * (1 - inside)))
  })
}
