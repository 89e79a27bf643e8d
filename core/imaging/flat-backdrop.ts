import { coloursOf, fullOf, type Raster } from './raster.ts'

/** One flat colour, which may drift over the image as light does: a plane for each channel. Levels of 0–255. */
export interface FlatBackdrop {
  /** Writes the three channels of its colour at a place. */
  colourAt (x: number, y: number, colour: Float64Array): void
  /** How far its pixels lie from it: the root of their mean square distance in one channel. */
  readonly spread: number
  /** Share of the places that belong to it, 0–1. */
  readonly share: number
}

/** Levels of a step of the first, coarse look. */
const step = 32
const steps = 256 / step
/** What is further from it in any channel belongs to something else. */
const reach = 40
/** Fewer places than this say nothing. */
const fewest = 24

/**
 * The flat colour that most of these places show; undefined when there is none, or too few places.
 * @param places of pixels
 */
export function readFlatBackdrop (raster: Raster, places: Int32Array): FlatBackdrop | undefined {
  if (places.length < fewest) return undefined
  const samples = read(raster, places)
  let belongs = nearest(samples, mostFrequent(samples))
  let plane = fit(raster, places, samples, belongs)
  for (let round = 0; round < 2 && plane !== undefined; round++) {
    belongs = withinReach(plane, raster, places, samples)
    plane = fit(raster, places, samples, belongs)
  }
  if (plane === undefined) return undefined
  const colour = new Float64Array(3)
  let [sum, count] = [0, 0]
  for (let n = 0; n < places.length; n++) {
    if (belongs[n] === 0) continue
    plane(places[n] % raster.width, Math.floor(places[n] / raster.width), colour)
    for (let c = 0; c < 3; c++) sum += (samples[3 * n + c] - colour[c]) ** 2
    count++
  }
  return { colourAt: plane, spread: Math.sqrt(sum / (3 * count)), share: count / places.length }
}

/** Pixels along the border of the image, a few thousand of them. */
export function borderPlaces ({ width, height }: Pick<Raster, 'width' | 'height'>): Int32Array {
  const ring = Math.max(1, Math.min(8, Math.round(Math.min(width, height) / 100)))
  const places: number[] = []
  for (let y = 0; y < height; y++) {
    const isInside = y >= ring && y < height - ring
    for (let x = 0; x < width; x++) {
      places.push(y * width + x)
      if (isInside && x === ring - 1 && width > 2 * ring) x = width - ring - 1
    }
  }
  return thinned(places)
}

/** About every n-th of them, so that some thousands are left. */
export function thinned (places: ArrayLike<number>): Int32Array {
  const every = Math.max(1, places.length / mostPlaces)
  return Int32Array.from({ length: Math.floor(places.length / every) }, (_, n) => places[Math.floor(n * every)])
}

const mostPlaces = 6000

type Plane = FlatBackdrop['colourAt']

function read (raster: Raster, places: Int32Array): Float32Array {
  const { data, channels } = raster
  const gain = 255 / fullOf(raster)
  const isGrey = coloursOf(raster) === 1
  const samples = new Float32Array(places.length * 3)
  for (let n = 0; n < places.length; n++) {
    for (let c = 0; c < 3; c++) samples[3 * n + c] = data[places[n] * channels + (isGrey ? 0 : c)] * gain
  }
  return samples
}

/** The middle of the steps that, with their neighbours, hold most samples. */
function mostFrequent (samples: Float32Array): Float64Array {
  const counts = new Uint32Array(steps ** 3)
  const stepOf = (value: number) => Math.min(steps - 1, Math.floor(value / step))
  for (let at = 0; at < samples.length; at += 3) {
    const [red, green, blue] = [stepOf(samples[at]), stepOf(samples[at + 1]), stepOf(samples[at + 2])]
    // Each sample counts for all its neighbours, and twice for its own: so a colour on the edge of a step is not split.
    for (let r = Math.max(0, red - 1); r <= Math.min(steps - 1, red + 1); r++) {
      for (let g = Math.max(0, green - 1); g <= Math.min(steps - 1, green + 1); g++) {
        for (let b = Math.max(0, blue - 1); b <= Math.min(steps - 1, blue + 1); b++) counts[(r * steps + g) * steps + b]++
      }
    }
    counts[(red * steps + green) * steps + blue]++
  }
  const best = counts.indexOf(counts.reduce((most, count) => Math.max(most, count)))
  return Float64Array.of(Math.floor(best / steps ** 2), Math.floor(best / steps) % steps, best % steps).map(at => (at + 0.5) * step)
}

function nearest (samples: Float32Array, colour: Float64Array): Uint8Array {
  return Uint8Array.from({ length: samples.length / 3 }, (_, n) => isNear(samples, n, colour, reach + step / 2) ? 1 : 0)
}

function withinReach (plane: Plane, { width }: Raster, places: Int32Array, samples: Float32Array): Uint8Array {
  const colour = new Float64Array(3)
  return Uint8Array.from(places, (place, n) => {
    plane(place % width, Math.floor(place / width), colour)
    return isNear(samples, n, colour, reach) ? 1 : 0
  })
}

function isNear (samples: Float32Array, n: number, colour: Float64Array, most: number): boolean {
  return Math.abs(samples[3 * n] - colour[0]) <= most && Math.abs(samples[3 * n + 1] - colour[1]) <= most && Math.abs(samples[3 * n + 2] - colour[2]) <= most
}

/** A plane through the samples by least squares, with the places measured from their mean. Flat where they lie in a line. */
function fit ({ width, height }: Raster, places: Int32Array, samples: Float32Array, belongs: Uint8Array): Plane | undefined {
  const scale = 1 / Math.max(width, height)
  let [count, meanX, meanY] = [0, 0, 0]
  for (let n = 0; n < places.length; n++) {
    if (belongs[n] === 0) continue
    count++
    meanX += (places[n] % width) * scale
    meanY += Math.floor(places[n] / width) * scale
  }
  if (count < fewest) return undefined
  meanX /= count
  meanY /= count
  let [xx, xy, yy] = [0, 0, 0]
  const sums = new Float64Array(9)
  for (let n = 0; n < places.length; n++) {
    if (belongs[n] === 0) continue
    const x = (places[n] % width) * scale - meanX
    const y = Math.floor(places[n] / width) * scale - meanY
    xx += x * x
    xy += x * y
    yy += y * y
    for (let c = 0; c < 3; c++) {
      sums[c] += samples[3 * n + c]
      sums[3 + c] += samples[3 * n + c] * x
      sums[6 + c] += samples[3 * n + c] * y
    }
  }
  const determinant = xx * yy - xy * xy
  const isLine = determinant <= 1e-6 * count * count
  const across = (c: number) => isLine ? 0 : (sums[3 + c] * yy - sums[6 + c] * xy) / determinant
  const down = (c: number) => isLine ? 0 : (sums[6 + c] * xx - sums[3 + c] * xy) / determinant
  const planes = [0, 1, 2].map(c => [sums[c] / count, across(c), down(c)] as const)
  return (x, y, colour) => {
    for (let c = 0; c < 3; c++) {
      const [mean, dx, dy] = planes[c]
      colour[c] = mean + dx * (x * scale - meanX) + dy * (y * scale - meanY)
    }
  }
}
