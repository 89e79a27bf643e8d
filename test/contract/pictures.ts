import sharp from 'sharp'

export type Colour = readonly [red: number, green: number, blue: number]
export interface Size { readonly width: number, readonly height: number }

/** A picture as a simple camera would see it: one red thing before a plain wall. */
export interface Scene extends Size {
  readonly wall: Colour
  readonly thing: 'ball' | 'box'
}

const red: Colour = [206, 32, 36]

/** The scene as a PNG: the thing is shaded, the light on the wall falls off, the sensor is a little noisy. Always the same bytes. */
export async function paintScene (scene: Scene): Promise<Buffer> {
  const { width, height, wall } = scene
  const random = randomNumbers()
  return await paint(scene, 3, (x, y) => {
    const cover = coverage(scene, x, y)
    const shade = 1.1 - 0.4 * y / height
    const light = 1.03 - 0.06 * Math.hypot(x / width, y / height)
    const noise = (random() - 0.5) * 4
    return wall.map((level, channel) => cover * red[channel] * shade + (1 - cover) * level * light + noise)
  })
}

/** Where the scene's thing is, and a little around it: white on black, a grey PNG. */
export async function paintMask (scene: Scene): Promise<Buffer> {
  return await paint(scene, 1, (x, y) => [coverage(scene, x, y, 1.2) >= 0.5 ? 255 : 0])
}

/** A picture without a subject, for backgrounds and light: from one colour at the top left to another at the bottom right. */
export async function paintGradient (size: Size, [from, to]: readonly [Colour, Colour]): Promise<Buffer> {
  const { width, height } = size
  return await paint(size, 3, (x, y) => {
    const part = (x / width + y / height) / 2
    return from.map((level, channel) => level * (1 - part) + to[channel] * part)
  })
}

/** How much of a pixel the thing covers, 0–1. */
function coverage ({ width, height, thing }: Scene, x: number, y: number, scale = 1): number {
  const radius = 0.2 * Math.min(width, height) * scale
  const [dx, dy] = [Math.abs(x + 0.5 - width / 2), Math.abs(y + 0.5 - height / 2)]
  const distance = thing === 'ball' ? Math.hypot(dx, dy) : Math.max(dx, dy)
  return Math.min(1, Math.max(0, radius - distance + 0.5))
}

async function paint ({ width, height }: Size, channels: 1 | 3, colour: (x: number, y: number) => readonly number[]): Promise<Buffer> {
  // Clamped: a shade above white must not come out as black.
  const pixels = new Uint8ClampedArray(width * height * channels)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) pixels.set(colour(x, y), at)
  }
  const picture = sharp(pixels, { raw: { width, height, channels } })
  return await (channels === 1 ? picture.toColourspace('b-w') : picture).png({ compressionLevel: 2 }).toBuffer()
}

/** Numbers from 0 to 1, the same ones every time (mulberry32). */
function randomNumbers (): () => number {
  let state = 7
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
