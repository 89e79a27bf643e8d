import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp, { type Sharp } from 'sharp'

// Writes the folder masks/: node test/vectors/make-masks.ts. What is expected is calculated here by its definition, in the
// simplest way; nothing is asked of the code that the vectors test.

interface Plane { readonly pixels: readonly number[], readonly width: number, readonly height: number }

export interface Dialect {
  readonly dialect: 'white-edits' | 'black-edits' | 'alpha-edits'
  readonly levels: 'grey' | 'binary'
  /** PNG, relative to the manifest. */
  readonly file: string
  /** 1 = grey, 4 = RGBA. */
  readonly channels: 1 | 4
  /** Base64 of the decoded pixels, row by row, 8 bits a channel. */
  readonly pixels: string
}

export interface Vector {
  readonly name: string
  readonly about: string
  /** A mask as a caller sends it, relative to the manifest. */
  readonly input: string
  /** Of the image that it masks; the mask itself may have another size. */
  readonly width: number
  readonly height: number
  /** Pixels, as the request asks. */
  readonly grow: number
  readonly feather: number
  /** Base64, one byte a pixel: 255 = edit, 0 = keep; absent = the mask is refused, since it marks nothing. */
  readonly canonical?: string
  readonly dialects: readonly Dialect[]
}

export interface Manifest {
  readonly version: 1
  readonly vectors: readonly Vector[]
}

type Input = (plane: Plane) => Promise<Buffer>
interface Design { readonly name: string, readonly about: string, readonly drawn: Plane, readonly input: Input, readonly expected?: (drawn: Plane) => Plane, readonly grow?: number, readonly feather?: number }

const [width, height] = [12, 9]
const draw = (value: (x: number, y: number) => number, size = { width, height }): Plane =>
  ({ ...size, pixels: Array.from({ length: size.width * size.height }, (_, at) => value(at % size.width, Math.floor(at / size.width))) })
const isInside = (x: number, y: number) => (x - 4) ** 2 + (y - 3) ** 2 < 9 || (x === 10 && y > 4)
const blackAndWhite = draw((x, y) => isInside(x, y) ? 255 : 0)
const soft = draw((x, y) => Math.max(0, Math.min(255, x * 23 + y * 3 - 20)))
const dot = draw((x, y) => x === 5 && y === 4 ? 255 : 0)
const block = draw((x, y) => x >= 3 && x < 9 && y >= 2 && y < 7 ? 255 : 0)

/** A PNG of pixels that are made of each value of the mask. */
const png = (channels: 1 | 3 | 4, pixel: (value: number, x: number, y: number) => readonly number[], finish = (image: Sharp) => image): Input =>
  async ({ pixels, width, height }) => {
    const data = Buffer.from(pixels.flatMap((value, at) => pixel(value, at % width, Math.floor(at / width))))
    const image = sharp(data, { raw: { width, height, channels } })
    return await finish(channels === 1 ? image.toColourspace('b-w') : image).png({ compressionLevel: 9 }).toBuffer()
  }
const grey = png(1, value => [value])
const photo = (x: number, y: number) => [20 + x * 15, 200 - y * 18, 90]

const designs: readonly Design[] = [
  { name: 'black-and-white', about: 'Grey, two levels: white is edited.', drawn: blackAndWhite, input: grey },
  { name: 'grey', about: 'Grey, many levels: grey is edited in part.', drawn: soft, input: grey },
  { name: 'rgb', about: 'RGB of equal channels.', drawn: soft, input: png(3, value => [value, value, value]) },
  { name: 'palette', about: 'A palette of black and white.', drawn: blackAndWhite, input: png(3, value => [value, value, value], image => image.png({ palette: true, colours: 2 })) },
  {
    name: 'deep',
    about: 'Grey of 16 bits.',
    drawn: soft,
    input: async ({ pixels, width, height }) => await sharp(Uint16Array.from(pixels, value => value * 257), { raw: { width, height, channels: 1 } }).toColourspace('grey16').png().toBuffer()
  },
  { name: 'opaque-alpha', about: 'RGBA, opaque everywhere: alpha says nothing, white is edited.', drawn: blackAndWhite, input: png(4, value => [value, value, value, 255]) },
  { name: 'white-strokes', about: 'White painted on transparent ground, in part: white is edited, transparent is kept.', drawn: soft, input: png(4, value => value === 0 ? [0, 0, 0, 0] : [255, 255, 255, value]) },
  { name: 'white-with-holes', about: 'White everywhere, alpha varies: transparent is edited, in part where it is so in part.', drawn: soft, input: png(4, value => [255, 255, 255, 255 - value]) },
  { name: 'holes', about: 'A picture with a hole cut out: transparent is edited.', drawn: blackAndWhite, input: png(4, (value, x, y) => [...photo(x, y), 255 - value]) },
  { name: 'one-colour', about: 'Black everywhere, alpha varies: transparent is edited, in part where it is so in part.', drawn: soft, input: png(4, value => [0, 0, 0, 255 - value]) },
  { name: 'black-with-holes', about: 'Black, and white that is invisible: transparent is edited.', drawn: blackAndWhite, input: png(4, value => [value, value, value, 255 - value]) },
  { name: 'everything', about: 'White everywhere: all is edited.', drawn: draw(() => 255), input: grey },
  { name: 'one-pixel', about: 'The smallest mask.', drawn: draw(() => 255, { width: 1, height: 1 }), input: grey },
  { name: 'half-size', about: 'Half as large as the image: each pixel stands for four.', drawn: blackAndWhite, input: grey, expected: ({ pixels, width, height }) => ({ width: width * 2, height: height * 2, pixels: draw((x, y) => pixels[(y >> 1) * width + (x >> 1)], { width: width * 2, height: height * 2 }).pixels }) },
  { name: 'turned', about: 'EXIF orientation 3: upside down as it is stored.', drawn: blackAndWhite, input: png(1, value => [value], image => image.withMetadata({ orientation: 3 })), expected: ({ pixels, ...size }) => ({ ...size, pixels: pixels.toReversed() }) },
  { name: 'grown', about: 'Grown by 3 pixels.', drawn: dot, input: grey, grow: 3 },
  { name: 'grown-grey', about: 'Soft, grown by 2 pixels.', drawn: draw((x, y) => x === 3 && y === 4 ? 90 : x === 8 && y === 2 ? 200 : 0), input: grey, grow: 2 },
  { name: 'feathered', about: 'Feathered by 2 pixels.', drawn: block, input: grey, feather: 2 },
  { name: 'grown-and-feathered', about: 'Grown by 1 pixel, then feathered by 3.', drawn: dot, input: grey, grow: 1, feather: 3 },
  { name: 'nothing', about: 'Black everywhere: refused.', drawn: draw(() => 0), input: grey },
  { name: 'nothing-transparent', about: 'Invisible everywhere but for its black: refused.', drawn: draw(() => 0), input: png(4, () => [0, 0, 0, 255]) }
]

/** The highest value of the octagon around each pixel. */
function grow ({ pixels, width, height }: Plane, by: number): Plane {
  const corner = by - 2 * Math.floor(by * (2 - Math.SQRT2) / 2)
  return draw((x, y) => {
    let highest = 0
    for (let dy = -by; dy <= by; dy++) {
      for (let dx = -by; dx <= by; dx++) {
        const [u, v] = [x + dx, y + dy]
        const isNear = Math.abs(dx) + Math.abs(dy) <= by + corner
        if (isNear && u >= 0 && v >= 0 && u < width && v < height) highest = Math.max(highest, pixels[v * width + u])
      }
    }
    return highest
  }, { width, height })
}

/** Two moving averages, each along the rows and then along the columns, of what lies within the image, rounded each time. */
function feather (plane: Plane, by: number): Plane {
  let { pixels } = plane
  const { width, height } = plane
  const average = (reach: number, dx: number, dy: number) => draw((x, y) => {
    const values = []
    for (let n = -reach; n <= reach; n++) {
      const [u, v] = [x + n * dx, y + n * dy]
      if (u >= 0 && v >= 0 && u < width && v < height) values.push(pixels[v * width + u])
    }
    return Math.floor((values.reduce((sum, value) => sum + value, 0) + Math.floor(values.length / 2)) / values.length)
  }, { width, height })
  for (const reach of [Math.ceil(by / 2), Math.floor(by / 2)]) {
    pixels = average(reach, 1, 0).pixels
    pixels = average(reach, 0, 1).pixels
  }
  return { pixels, width, height }
}

const dialects = ['white-edits', 'black-edits', 'alpha-edits'] as const
const levels = ['grey', 'binary'] as const
const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString('base64')

/** What a model that takes this dialect gets. */
function express (pixels: readonly number[], dialect: Dialect['dialect'], levels: Dialect['levels']): number[] {
  const values = levels === 'grey' ? pixels : pixels.map(value => value >= 128 ? 255 : 0)
  if (dialect === 'white-edits') return [...values]
  return dialect === 'black-edits' ? values.map(value => 255 - value) : values.flatMap(value => [0, 0, 0, 255 - value])
}

/** All files, by their path from the manifest on. */
export async function makeVectors (): Promise<{ manifest: Manifest, files: Map<string, Buffer> }> {
  const files = new Map<string, Buffer>()
  const vectors: Vector[] = []
  for (const { name, about, drawn, input, expected = (plane: Plane) => plane, grow: by = 0, feather: over = 0 } of designs) {
    const canonical = feather(grow(expected(drawn), by), over)
    const { width, height, pixels } = canonical
    files.set(`${name}/input.png`, await input(drawn))
    const isRefused = pixels.every(value => value === 0)
    const expressed: Dialect[] = []
    for (const dialect of isRefused ? [] : dialects) {
      for (const level of levels) {
        const file = `${name}/${dialect}.${level}.png`
        const channels = dialect === 'alpha-edits' ? 4 : 1
        const bytes = express(pixels, dialect, level)
        const image = sharp(Buffer.from(bytes), { raw: { width, height, channels } })
        files.set(file, await (channels === 1 ? image.toColourspace('b-w') : image).png({ compressionLevel: 9 }).toBuffer())
        expressed.push({ dialect, levels: level, file, channels, pixels: base64(bytes) })
      }
    }
    vectors.push({ name, about, input: `${name}/input.png`, width, height, grow: by, feather: over, ...isRefused ? {} : { canonical: base64(pixels) }, dialects: expressed })
  }
  return { manifest: { version: 1, vectors }, files }
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, 'masks')
  const { manifest, files } = await makeVectors()
  for (const { name } of manifest.vectors) rmSync(join(folder, name), { recursive: true, force: true })
  for (const [file, bytes] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), bytes)
  }
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
