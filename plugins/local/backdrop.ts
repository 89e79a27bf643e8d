import { Refusal, type Raster } from './raster.ts'
import { fitSurface, median, type Fit, type Samples, type Surface } from './surface.ts'

/** What lies behind the subject. All numbers in levels of 255. */
export interface Backdrop {
  readonly surface: Surface
  /** Standard deviation of a single pixel's noise. */
  readonly noise: number
  /** How far a smoothed pixel of the backdrop may be from the surface. */
  readonly tolerance: number
}

const MAX_SAMPLES = 2400
const MAX_DEGREE = 4
/** For the highest degree; with fewer it would bend to each of them. */
const ENOUGH_SAMPLES = 900
/** Grain above this is texture. */
const MAX_NOISE = 9
const MAX_TOLERANCE = 14
/** Share of the border that must be backdrop; the subject may cover the rest. */
const MIN_SHARE = 0.6

/**
 * Reads the backdrop from the border of the image.
 * `means` are the image's smoothed pixels, three bytes each.
 * @throws Refusal when most of the border is not a plain or smoothly shaded surface
 */
export function readBackdrop (image: Raster, means: Uint8Array): Backdrop {
  const ring = Math.max(1, Math.min(8, Math.round(Math.min(image.width, image.height) / 100)))
  const places = ringPlaces(image, ring)
  const samples = sampleColours(means, image.width, places)
  const noise = readNoise(image, means, places)
  const strict = Math.max(4, 5 * noise / 3)
  let best: Fit | undefined
  let bestCost = 1
  for (let degree = 0; degree <= MAX_DEGREE && !isClose(best, strict); degree++) {
    for (const first of firstWeights(samples, image, best?.errors, strict)) {
      const fit = fitSurface(samples, image, degree, 0.5, first)
      const cost = costOf(fit, strict)
      if (cost > bestCost - 0.02) continue
      bestCost = cost
      best = fit
    }
  }
  if (best === undefined || shareWithin(best, strict) < MIN_SHARE || noise > MAX_NOISE) {
    throw new Refusal('the border of the image is not a plain or smoothly shaded background; this model cuts a subject out of ' +
      'a backdrop of one colour or a soft gradient, as in product shots')
  }
  return { surface: best.surface, noise, tolerance: toleranceOf(best, noise) }
}

/** Reads the backdrop again, now from all pixels that are known to belong to it (`found` = 1), which reach around the subject. */
export function refineBackdrop (backdrop: Backdrop, means: Uint8Array, found: Uint8Array): Backdrop {
  const { width } = backdrop.surface
  const step = Math.max(1, Math.floor(Math.sqrt(found.length / (2 * MAX_SAMPLES))))
  const places: number[] = []
  for (let y = step >> 1; y < backdrop.surface.height; y += step) {
    for (let x = step >> 1; x < width; x += step) if (found[y * width + x] === 1) places.push(y * width + x)
  }
  if (places.length < ENOUGH_SAMPLES) return backdrop
  const fit = fitSurface(sampleColours(means, width, places), backdrop.surface, MAX_DEGREE, 0.5)
  return { surface: fit.surface, noise: backdrop.noise, tolerance: toleranceOf(fit, backdrop.noise) }
}

// Counts the samples that the surface misses, and how well it meets the others: a surface bent towards a subject does neither.
function costOf ({ errors }: Fit, strict: number): number {
  return errors.reduce((sum, error) => sum + Math.min(1, (error / strict) ** 2), 0) / errors.length
}

function shareWithin ({ errors }: Fit, strict: number): number {
  return errors.filter(error => error <= strict).length / errors.length
}

/** What the surface meets it meets so well that a more flexible one could only bend to the subject. */
function isClose (fit: Fit | undefined, strict: number): boolean {
  if (fit === undefined || shareWithin(fit, strict) < MIN_SHARE) return false
  const met = fit.errors.filter(error => error <= strict)
  return met.reduce((sum, error) => sum + error * error, 0) / met.length < 0.12 * strict * strict
}

function toleranceOf (fit: Fit, noise: number): number {
  return Math.min(MAX_TOLERANCE, Math.max(4, 3 * fit.spread, 5 * noise / 3))
}

function ringPlaces ({ width, height }: Raster, ring: number): number[] {
  const places: number[] = []
  for (let y = 0; y < height; y++) {
    const inside = y >= ring && y < height - ring
    for (let x = 0; x < width; x++) {
      places.push(y * width + x)
      if (inside && x === ring - 1 && width > 2 * ring) x = width - ring - 1
    }
  }
  const step = Math.max(1, places.length / MAX_SAMPLES)
  return Array.from({ length: Math.floor(places.length / step) }, (_, i) => places[Math.floor(i * step)])
}

function sampleColours (means: Uint8Array, width: number, places: readonly number[]): Samples {
  const x = Float64Array.from(places, place => place % width)
  const y = Float64Array.from(places, place => Math.floor(place / width))
  const colours = new Float64Array(places.length * 3)
  places.forEach((place, i) => { for (let c = 0; c < 3; c++) colours[3 * i + c] = means[3 * place + c] })
  return { x, y, colours }
}

// The mean of three magnitudes, and the ninth of the variance that smoothing left, make the factor.
function readNoise ({ data }: Raster, means: Uint8Array, places: readonly number[]): number {
  const differences = Float64Array.from(places, place => (
    Math.abs(data[4 * place] - means[3 * place]) +
    Math.abs(data[4 * place + 1] - means[3 * place + 1]) +
    Math.abs(data[4 * place + 2] - means[3 * place + 2])) / 3)
  return 1.4 * median(differences)
}

/**
 * Where to begin: with what the best fit so far met, with the whole ring, and with the ring without each side in turn, because
 * a subject that stands on one side of the frame would pull a fit over the whole ring towards itself.
 */
function firstWeights ({ x, y }: Samples, { width, height }: Raster, errors: Float64Array | undefined, strict: number): Array<Float64Array | undefined> {
  const only = (seen: (x: number, y: number, i: number) => boolean) => Float64Array.from(x, (_, i) => seen(x[i], y[i], i) ? 1 : 0)
  return [
    errors && only((_x, _y, i) => errors[i] <= 2 * strict),
    undefined,
    only((_, y) => y < 0.7 * height),
    only((_, y) => y > 0.3 * height),
    only(x => x < 0.7 * width),
    only(x => x > 0.3 * width)
  ]
}
