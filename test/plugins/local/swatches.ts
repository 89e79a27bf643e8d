import type { Raster } from '../../../plugins/local/raster.ts'

/** Red, green, blue and, unless opaque, alpha. */
export type Pixel = readonly [number, number, number, number?]

/** Paints a picture pixel by pixel. */
export function paint (width: number, height: number, colour: (x: number, y: number) => Pixel): Raster {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const [red, green, blue, alpha = 255] = colour(x, y)
      data.set([red, green, blue, alpha], at)
    }
  }
  return { data, width, height }
}

/** One row of colours. */
export const swatches = (...colours: Pixel[]): Raster => paint(colours.length, 1, x => colours[x])

export const flat = (width: number, height: number, colour: Pixel): Raster => paint(width, height, () => colour)

/** The bytes of one pixel. */
export function at ({ data, width }: Raster, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]
}

/** All pixels in one row, as lists of bytes. */
export function pixels (image: Raster): number[][] {
  return Array.from({ length: image.data.length / 4 }, (_, index) => at(image, index % image.width, Math.floor(index / image.width)))
}

/** A shaded ball (lit from the upper left, with a highlight) before a wall. */
export function ball (width: number, height: number, [red, green, blue]: Pixel, wall: Pixel): Raster {
  const radius = Math.min(width, height) * 0.36
  return paint(width, height, (x, y) => {
    const dx = (x + 0.5 - width / 2) / radius
    const dy = (y + 0.5 - height / 2) / radius
    const cover = Math.min(1, Math.max(0, (1 - Math.hypot(dx, dy)) * radius + 0.5))
    const light = 0.35 + 0.65 * Math.max(0, Math.sqrt(Math.max(0, 1 - dx * dx - dy * dy)) * 0.7 - dx * 0.5 - dy * 0.5)
    const shine = Math.exp(-((dx + 0.4) ** 2 + (dy + 0.4) ** 2) * 40)
    const mix = (level: number, back: number) => Math.round(cover * Math.min(255, level * light + 230 * shine) + (1 - cover) * back)
    return [mix(red, wall[0]), mix(green, wall[1]), mix(blue, wall[2])]
  })
}
