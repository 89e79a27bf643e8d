import sharp, { type Sharp } from 'sharp'
import { draw, open, type Picture } from '../core/imaging/pictures.ts'

/** Sines that do not repeat in sight; −1 to 1. */
const wave = (x: number, y: number, seed: number) =>
  (Math.sin(x * 1.7 + seed * 3.1) + Math.sin(y * 2.3 - x * 0.6 + seed) + Math.sin((x + y) * 1.1 + seed * 7.7)) / 3

/** White noise that is the same again for the same place; −1 to 1. */
export function noise (x: number, y: number, seed: number): number {
  let bits = Math.imul(x + 1, 374761393) ^ Math.imul(y + 1, 668265263) ^ Math.imul(seed + 1, 2246822519)
  bits = Math.imul(bits ^ (bits >>> 13), 1274126177)
  return ((bits ^ (bits >>> 16)) >>> 0) / 0x7fffffff - 1
}

export interface Mood {
  readonly seed: number
  readonly sky: readonly [number, number, number]
  readonly ground: readonly [number, number, number]
  /** Levels of the grain, and of the texture of the ground. */
  readonly grain: number
  readonly texture: number
}

/** A landscape as a camera sees it: light from one side, hills, a ball with a shadow, texture on the ground, grain over all. */
export function landscape (width: number, height: number, { seed, sky, ground, grain, texture }: Mood): Picture {
  const unit = Math.min(width, height)
  const [ballX, ballY, radius] = [width * (0.3 + 0.1 * (seed % 4)), height * 0.62, unit * 0.16]
  return draw(width, height, 3, (x, y) => {
    const [u, v] = [x / unit * 6, y / unit * 6]
    const horizon = height * (0.45 + 0.06 * wave(u / 2, 0, seed))
    const light = 0.8 + 0.4 * x / width
    const grained = grain * noise(x, y, seed)
    const [dx, dy] = [(x - ballX) / radius, (y - ballY) / radius]
    const distance = Math.hypot(dx, dy)
    const cover = Math.min(1, Math.max(0, (1 - distance) * radius))
    const shade = 1 - 0.45 * Math.exp(-((dx - 0.8) ** 2 / 2 + (dy - 1) ** 2 * 6))
    const depth = Math.max(0, (y - horizon) / height)
    const rough = texture * (wave(u * 9, v * 14, seed) + 0.7 * noise(x >> 1, y >> 1, seed + 5)) * (0.3 + depth)
    const gleam = Math.max(0, 1 - Math.hypot(dx + 0.4, dy + 0.4))
    return [0, 1, 2].map(channel => {
      const air = (sky[channel] ?? 0) * light + 40 * (1 - y / height) + 6 * wave(u, v, seed + channel)
      const earth = ((ground[channel] ?? 0) * (0.7 + 0.6 * depth) * light + rough) * shade
      const ball = (channel === 0 ? 205 : 40) * (0.45 + 0.55 * Math.max(0, -dx * 0.5 - dy * 0.6 + 0.5)) + 130 * gleam ** 3
      const behind = y < horizon ? air : earth
      return Math.min(255, Math.max(0, Math.round(ball * cover + behind * (1 - cover) + grained)))
    })
  })
}

/** A thing before an even wall, as in a shop. */
export function product (width: number, height: number, seed: number): Picture {
  return draw(width, height, 3, (x, y) => {
    const [dx, dy] = [(x - width / 2) / (width * 0.22), (y - height * 0.52) / (height * 0.3)]
    const inside = Math.min(1, Math.max(0, (1 - Math.hypot(dx, dy)) * Math.min(width, height) * 0.2))
    const wall = 226 - 26 * y / height + 2 * noise(x, y, seed)
    const thing = (channel: number) => [60, 110, 190][channel] * (0.7 + 0.5 * Math.max(-0.4, -dx)) + 25 * wave(dx * 4, dy * 9, seed)
    return [0, 1, 2].map(channel => Math.min(255, Math.max(0, Math.round(thing(channel) * inside + wall * (1 - inside)))))
  })
}

export function ramp (width: number, height: number): Picture {
  return draw(width, height, 3, (x, y) => [40 + 170 * x / width, 60 + 120 * y / height, 200 - 90 * x / width].map(Math.round))
}

/** A drawing in lines, hatched in part. In a process with the kernel sharp reads none: to be drawn before it starts. */
export function lines (width: number, height: number, ink = '#111', paper = '#fff'): Sharp {
  const hatch = Array.from({ length: 30 }, (_, i) => `<path d="M ${width * 0.55 + i * 6} ${height * 0.2} l -40 90" stroke-width="1"/>`)
  const rings = [0.1, 0.16, 0.22, 0.3].map(r => `<circle cx="${width * 0.35}" cy="${height * 0.5}" r="${r * Math.min(width, height)}" stroke-width="2"/>`)
  return svg(width, height, `<rect width="100%" height="100%" fill="${paper}"/><g stroke="${ink}" fill="none">${hatch.join('')}${rings.join('')}
    <path d="M 0 ${height * 0.8} L ${width * 0.3} ${height * 0.3} L ${width * 0.5} ${height * 0.9} L ${width} ${height * 0.15}" stroke-width="3"/>
    <rect x="${width * 0.1}" y="${height * 0.1}" width="${width * 0.8}" height="${height * 0.8}" stroke-width="1"/></g>`)
}

export function comic (width: number, height: number): Sharp {
  return svg(width, height, `<rect width="100%" height="100%" fill="#ffe066"/><circle cx="50%" cy="55%" r="${height * 0.3}" fill="#e63946" stroke="#000" stroke-width="6"/>
    <circle cx="42%" cy="48%" r="12" fill="#fff" stroke="#000" stroke-width="4"/><circle cx="58%" cy="48%" r="12" fill="#fff" stroke="#000" stroke-width="4"/>
    <path d="M ${width * 0.4} ${height * 0.66} q ${width * 0.1} ${height * 0.14} ${width * 0.2} 0" fill="none" stroke="#000" stroke-width="6"/>
    <path d="M 0 ${height} L ${width * 0.2} ${height * 0.7} L ${width * 0.4} ${height} Z" fill="#457b9d" stroke="#000" stroke-width="4"/>`)
}

export function page (width: number, height: number, { ink = '#000', paper = '#fff', size = 14 } = {}): Sharp {
  const words = 'sphinx of black quartz judge my vow 0123456789 the five boxing wizards jump quickly'
  const rows = Array.from({ length: Math.floor(height / size / 1.4) }, (_, i) =>
    `<text x="${size}" y="${(i + 1) * size * 1.4}" font-family="sans-serif" font-size="${size}" fill="${ink}">${words.slice(i * 3 % 30)} ${words}</text>`)
  return svg(width, height, `<rect width="100%" height="100%" fill="${paper}"/>${rows.join('')}`)
}

/** RGBA: a disc with a hard or a soft edge on nothing. */
export function disc (width: number, height: number, edge: number): Picture {
  return draw(width, height, 4, (x, y) => {
    const inside = (Math.min(width, height) * 0.38 - Math.hypot(x - width / 2, y - height / 2)) / edge + 0.5
    const alpha = Math.round(255 * Math.min(1, Math.max(0, inside)))
    return [...[200, 60 + 100 * x / width, 40 + 150 * y / height].map(Math.round), alpha]
  })
}

/** RGBA: a landscape, seen through glass of which the alpha is by the function. */
export function glass (picture: Picture, alpha: (x: number, y: number) => number): Picture {
  const { data, width, height } = picture
  return draw(width, height, 4, (x, y) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), Math.min(255, Math.max(0, Math.round(alpha(x, y))))])
}

function svg (width: number, height: number, body: string): Sharp {
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`)).removeAlpha()
}

/** What a subject is laid on by `relight`. */
export async function makeBackground (): Promise<Buffer> {
  return await open(landscape(320, 240, { seed: 8, sky: [250, 190, 120], ground: [120, 80, 60], grain: 2, texture: 10 })).jpeg({ quality: 90 }).toBuffer()
}
