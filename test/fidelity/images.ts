import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { draw, frames, greyProfile, open, turned, type Picture } from '../core/imaging/pictures.ts'
import { makeMask, type Mask, type Shape } from './masks.ts'
import { wideProfile } from './profiles.ts'
import { comic, disc, glass, landscape, lines, noise, page, product, ramp, type Mood } from './scenes.ts'

export const classes = ['photo', 'line art', 'text', 'transparency', '16-bit', 'grey', 'CMYK', 'wide gamut', 'EXIF', 'size', 'format'] as const

/** One image of the set, with the mask that suits it. */
export interface TestImage {
  readonly name: string
  readonly class: typeof classes[number]
  readonly bytes: Buffer
  /** Upright, pixels. */
  readonly width: number
  readonly height: number
  readonly shape: Shape
  readonly mask: Mask
}

interface Recipe {
  readonly name: string
  readonly class: TestImage['class']
  readonly shape: Shape
  readonly make: () => Promise<Buffer>
}

const hills: Mood = { seed: 1, sky: [120, 160, 210], ground: [90, 120, 60], grain: 4, texture: 26 }
const sea: Mood = { seed: 2, sky: [150, 190, 220], ground: [40, 90, 120], grain: 2, texture: 14 }
const night: Mood = { seed: 3, sky: [14, 18, 40], ground: [10, 12, 16], grain: 8, texture: 6 }
const snow: Mood = { seed: 4, sky: [205, 215, 232], ground: [238, 240, 246], grain: 2, texture: 8 }
const leaves: Mood = { seed: 5, sky: [70, 110, 50], ground: [60, 100, 40], grain: 14, texture: 70 }
const fog: Mood = { seed: 6, sky: [180, 182, 186], ground: [150, 152, 150], grain: 0, texture: 3 }
const dusk: Mood = { seed: 7, sky: [210, 120, 80], ground: [70, 50, 60], grain: 3, texture: 18 }

const examples = join(import.meta.dirname, '../examples/images')
const [width, height] = [400, 300]
const scene = (mood: Mood, w = width, h = height) => open(landscape(w, h, mood))
const png = async (picture: Sharp) => await picture.png({ compressionLevel: 6 }).toBuffer()
const jpeg = async (picture: Sharp, quality = 90, more: object = {}) => await picture.jpeg({ quality, ...more }).toBuffer()
const crop = async (name: string, left: number, top: number) => await png(sharp(join(examples, name)).extract({ left, top, width, height }))

/** A profile is given to sharp as a file. */
async function tagged (picture: Sharp, icc: Buffer, encode: (picture: Sharp) => Promise<Buffer>): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'fidelity-'))
  try {
    const path = join(directory, 'profile.icc')
    await writeFile(path, icc)
    return await encode(picture.withIccProfile(path))
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** 16 bits a channel, with something in the lower eight. */
async function deep (picture: Picture, space: 'rgb16' | 'grey16', profile?: string): Promise<Buffer> {
  const { data, width, height, channels } = picture
  const samples = Uint16Array.from(data, (value, at) => channels === 4 && at % 4 === 3 ? value * 257 : Math.min(65535, value * 256 + (at * 40503) % 256))
  const deepened = sharp(samples, { raw: { width, height, channels } }).toColourspace(space)
  return await png(profile === undefined ? deepened : deepened.withIccProfile(profile))
}

const grey = ({ data, width, height }: Picture): Picture => draw(width, height, 1, (x, y) => [data[(y * width + x) * 3 + 1] ?? 0])

/** EXIF turns what is stored: stored so that it is upright for the reader. */
async function turnedJpeg (orientation: number): Promise<Buffer> {
  const picture = scene(dusk, 360, 240)
  const undo: Readonly<Record<number, (picture: Sharp) => Sharp>> = {
    2: p => p.flop(), 3: p => p.rotate(180), 4: p => p.flip(), 5: p => p.rotate(270).flop(), 6: p => p.rotate(270), 7: p => p.rotate(90).flop(), 8: p => p.rotate(90)
  }
  const stored = undo[orientation]?.(picture) ?? picture
  return await jpeg(sharp(await png(stored)).withMetadata({ orientation }), 92)
}

async function large (width: number, height: number): Promise<Buffer> {
  const small = await png(scene(hills, 750, 500))
  const tile = await png(open(draw(256, 256, 3, (x, y) => [0, 1, 2].map(() => 128 + Math.round(10 * noise(x, y, 9))))))
  return await jpeg(sharp(await sharp(small).resize(width, height, { kernel: 'cubic', fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer())
    .composite([{ input: tile, tile: true, blend: 'soft-light' }]), 88)
}

const photo = (name: string, shape: Shape, make: Recipe['make']): Recipe => ({ name, class: 'photo', shape, make })
const of = (kind: TestImage['class']) => (name: string, shape: Shape, make: Recipe['make']): Recipe => ({ name, class: kind, shape, make })
const lineArt = of('line art')
const text = of('text')
const transparent = of('transparency')
const sixteen = of('16-bit')
const greyish = of('grey')
const cmyk = of('CMYK')
const wide = of('wide gamut')
const exif = of('EXIF')
const sized = of('size')
const format = of('format')

const recipes: readonly Recipe[] = [
  photo('hills', 'disc', () => png(scene(hills))),
  photo('sea', 'soft', () => jpeg(scene(sea), 93)),
  photo('night', 'two', () => png(scene(night))),
  photo('snow', 'border', () => png(scene(snow))),
  photo('leaves', 'disc', () => png(scene(leaves))),
  photo('fog', 'large', () => png(scene(fog))),
  photo('product', 'small', () => png(open(product(width, height, 1)))),
  photo('ramp', 'disc', () => png(open(ramp(width, height)))),
  photo('balloon', 'disc', () => crop('meadow.jpg', 500, 20)),
  photo('car', 'soft', () => crop('meadow.jpg', 120, 320)),
  photo('mug', 'corner', () => crop('mug.png', 280, 120)),
  photo('evening sun', 'two', () => crop('evening.jpg', 500, 260)),

  lineArt('drawing', 'disc', () => png(lines(width, height))),
  lineArt('drawing on black', 'thin', () => png(lines(width, height, '#fff', '#000'))),
  lineArt('drawing in two colours', 'two', () => lines(width, height).png({ palette: true, colours: 2, dither: 0 }).toBuffer()),
  lineArt('comic', 'border', () => png(comic(width, height))),
  lineArt('comic in a palette', 'small', () => comic(width, height).png({ palette: true, colours: 32 }).toBuffer()),

  text('page', 'small', () => png(page(width, height))),
  text('white on blue', 'two', () => png(page(width, height, { ink: '#fff', paper: '#024' }))),
  text('small print', 'thin', () => jpeg(page(width, height, { size: 8 }), 85)),
  text('poster', 'large', () => png(page(width, height, { ink: '#c00', paper: '#fe9', size: 44 }))),

  transparent('hard disc', 'border', () => png(open(disc(width, height, 1)))),
  transparent('soft disc', 'disc', () => png(open(disc(width, height, 60)))),
  transparent('glass', 'disc', () => png(open(glass(landscape(width, height, hills), (x, y) => (x * 3 + y) % 256)))),
  transparent('fading out', 'two', () => png(open(glass(landscape(width, height, sea), x => 255 * x / width)))),
  transparent('opaque alpha', 'soft', () => png(open(glass(landscape(width, height, dusk), () => 255)))),
  transparent('hole', 'disc', () => png(open(glass(landscape(width, height, snow), (x, y) => Math.hypot(x - 180, y - 156) < 80 ? 0 : 255)))),
  transparent('WebP sticker', 'small', () => open(disc(width, height, 1)).webp({ quality: 90 }).toBuffer()),
  transparent('AVIF glass', 'disc', () => open(glass(landscape(width, height, hills), (_, y) => 55 + y / 2)).avif({ quality: 80, effort: 1 }).toBuffer()),
  transparent('palette with a hole', 'border', () => open(disc(width, height, 1)).png({ palette: true, colours: 64 }).toBuffer()),

  sixteen('deep hills', 'disc', () => deep(landscape(width, height, hills), 'rgb16')),
  sixteen('deep grey', 'two', () => deep(grey(landscape(width, height, sea)), 'grey16')),
  sixteen('deep glass', 'soft', () => deep(glass(landscape(width, height, dusk), (x, y) => (x + y) % 256), 'rgb16')),
  sixteen('deep and wide', 'border', () => deep(landscape(width, height, leaves), 'rgb16', 'p3')),

  greyish('grey', 'disc', () => png(open(grey(landscape(width, height, hills))))),
  greyish('grey JPEG', 'soft', () => jpeg(open(grey(landscape(width, height, sea))))),
  greyish('grey with alpha', 'two', async () => await png(sharp(grey(landscape(width, height, dusk)).data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w').joinChannel(draw(width, height, 1, (x, y) => [(x + 2 * y) % 256]).data, { raw: { width, height, channels: 1 } }))),
  greyish('grey with a profile', 'border', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fidelity-'))
    const path = await greyProfile(directory)
    const icc = await readFile(path)
    await rm(directory, { recursive: true })
    return await tagged(open(grey(landscape(width, height, snow))), icc, png)
  }),

  cmyk('CMYK with a profile', 'disc', () => jpeg(scene(hills).toColourspace('cmyk').withIccProfile('cmyk'), 92)),
  cmyk('CMYK without a profile', 'two', () => jpeg(scene(dusk).toColourspace('cmyk'), 92)),

  wide('Display P3 PNG', 'disc', () => png(scene(hills).withIccProfile('p3'))),
  wide('Display P3 JPEG', 'soft', () => jpeg(scene(leaves).withIccProfile('p3'), 92)),
  wide('Display P3 WebP', 'two', () => scene(sea).withIccProfile('p3').webp({ quality: 92 }).toBuffer()),
  wide('Display P3 AVIF', 'disc', () => scene(dusk).withIccProfile('p3').avif({ quality: 80, effort: 1 }).toBuffer()),
  wide('Display P3 with alpha', 'border', () => png(open(disc(width, height, 20)).withIccProfile('p3'))),
  wide('wide RGB PNG', 'two', () => tagged(scene(dusk), wideProfile, png)),
  wide('wide RGB JPEG', 'disc', () => tagged(scene(snow), wideProfile, picture => jpeg(picture, 93))),
  wide('sRGB by name', 'disc', () => png(scene(fog).withIccProfile('srgb'))),

  ...[1, 2, 3, 4, 5, 6, 7, 8].map(orientation => exif(`EXIF ${orientation}`, orientation % 2 === 0 ? 'disc' : 'border', () => turnedJpeg(orientation))),
  exif('PNG turned, with alpha', 'small', async () => turned(await png(open(disc(300, 200, 30))), 6)),

  sized('1×1', 'all', () => png(open(draw(1, 1, 3, () => [200, 90, 30])))),
  sized('2×3', 'half', () => png(open(draw(2, 3, 3, (x, y) => [x * 200, y * 100, 90])))),
  sized('16×16', 'disc', () => png(scene(hills, 16, 16))),
  sized('64×64', 'disc', () => png(scene(dusk, 64, 64))),
  sized('257×509', 'two', () => png(scene(sea, 257, 509))),
  sized('7×5000', 'half', () => png(scene(leaves, 7, 5000))),
  sized('5000×7', 'half', () => png(scene(leaves, 5000, 7))),
  sized('1600×100', 'two', () => png(scene(hills, 1600, 100))),
  sized('1920×1280', 'disc', () => large(1920, 1280)),
  sized('6000×4000', 'small', () => large(6000, 4000)),

  format('poor JPEG', 'disc', () => jpeg(scene(hills), 40)),
  format('progressive JPEG', 'border', () => jpeg(scene(sea), 90, { progressive: true, chromaSubsampling: '4:4:4' })),
  format('interlaced PNG', 'two', () => scene(dusk).png({ progressive: true }).toBuffer()),
  format('WebP', 'disc', () => scene(hills).webp({ quality: 85 }).toBuffer()),
  format('WebP without loss', 'soft', () => scene(dusk).webp({ lossless: true, effort: 1 }).toBuffer()),
  format('AVIF', 'disc', () => scene(sea).avif({ quality: 75, effort: 1 }).toBuffer()),
  format('GIF', 'disc', () => comic(width, height).gif().toBuffer()),
  format('GIF in motion', 'two', async () => await (await frames(landscape(120, 90, hills), landscape(120, 90, dusk), landscape(120, 90, sea))).gif().toBuffer()),
  format('WebP in motion', 'disc', async () => await (await frames(landscape(120, 90, dusk), landscape(120, 90, hills))).webp({ quality: 90 }).toBuffer()),
  format('TIFF', 'border', () => scene(hills).tiff({ compression: 'lzw' }).toBuffer())
]

export const imageNames: readonly string[] = recipes.map(({ name }) => name)

/** Every other one, without those that take long: some of each class. */
export const quickNames: readonly string[] = imageNames.filter((name, index) => index % 2 === 0 && !/\d{4}/.test(name))

/** Draws them, or those that are named; the same ones each time. Before the kernel starts: it shuts sharp's door for drawings. */
export async function makeImages (names: readonly string[] = imageNames): Promise<TestImage[]> {
  const images: TestImage[] = []
  for (const { name, class: kind, shape, make } of recipes.filter(({ name }) => names.includes(name))) {
    const bytes = await make()
    const { autoOrient: size } = await sharp(bytes, { limitInputPixels: false }).metadata()
    images.push({ name, class: kind, bytes, ...size, shape, mask: await makeMask(shape, size) })
  }
  return images
}
