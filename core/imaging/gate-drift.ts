import type { Cells } from './gate-cells.ts'

/** Cells that are looked at: more make the fit no better. */
const mostSamples = 1000
/** Differences from which on a cell says little of the drift, ΔE-OK: it shows something else. */
const scale = 0.02
const rounds = 4
/** Weight of "no drift": a picture of few colours cannot tell how others drift. */
const ridge = 0.002

/**
 * How a vendor shifts all colours a little (its colour management, its encoder, a model's taste): the affine map in OKLab by which
 * the cells of the result lie off those of the image, fitted so that what was edited hardly counts.
 *
 * @param kept of each cell: 0 = it may have been edited, and tells nothing of the drift
 * @param most the largest shift that passes for drift, ΔE-OK
 * @returns the result's cells with the drift taken out
 */
export function withoutDrift (image: Cells, result: Cells, kept: Uint8Array, most: number): Cells {
  const samples = sample(kept)
  const lab = new Float32Array(result.lab)
  if (samples.length === 0) return { ...result, lab }
  const fit = fitDrift(image.lab, result.lab, samples)
  for (let at = 0; at < lab.length; at += 3) {
    const lightness = shiftOf(fit, image.lab, at, 0)
    const a = shiftOf(fit, image.lab, at, 1)
    const b = shiftOf(fit, image.lab, at, 2)
    const length = Math.sqrt(lightness * lightness + a * a + b * b)
    const share = length > most ? most / length : 1
    lab[at] -= lightness * share
    lab[at + 1] -= a * share
    lab[at + 2] -= b * share
  }
  return { ...result, lab }
}

/** Places of the kept cells' colours, not too many. */
function sample (kept: Uint8Array): Int32Array {
  let count = 0
  for (let cell = 0; cell < kept.length; cell++) if (kept[cell] !== 0) count++
  const step = Math.max(1, Math.ceil(count / mostSamples))
  const places = new Int32Array(Math.ceil(count / step))
  for (let cell = 0, n = 0; cell < kept.length; cell++) if (kept[cell] !== 0 && n++ % step === 0) places[(n - 1) / step] = cell * 3
  return places
}

/**
 * The shift of a colour: that of the centre, and by how much it changes with each coordinate. Three numbers of the centre, three of its
 * shift, nine slopes: those of the first coordinate first. In one array of one type, as it is read for every cell.
 */
type Fit = Float64Array
const offset = 3
const slopes = 6

function shiftOf (fit: Fit, lab: Float32Array, at: number, channel: number): number {
  return fit[offset + channel] + fit[slopes + channel] * (lab[at] - fit[0]) +
    fit[slopes + 3 + channel] * (lab[at + 1] - fit[1]) + fit[slopes + 6 + channel] * (lab[at + 2] - fit[2])
}

/** Least squares of the differences over the colours, weighted anew each round: the more a cell is off, the less it counts. */
function fitDrift (image: Float32Array, result: Float32Array, samples: Int32Array): Fit {
  let fit: Fit = new Float64Array(15)
  const values = new Float32Array(samples.length)
  for (let channel = 0; channel < 3; channel++) {
    for (let n = 0; n < samples.length; n++) values[n] = result[samples[n] + channel] - image[samples[n] + channel]
    fit[offset + channel] = values.sort()[values.length >> 1]
  }
  for (let round = 0; round < rounds; round++) fit = refine(image, result, samples, fit)
  return fit
}

function refine (image: Float32Array, result: Float32Array, samples: Int32Array, before: Fit): Fit {
  let total = 0
  const [colours, shifts, squares, products] = [new Float64Array(3), new Float64Array(3), new Float64Array(9), new Float64Array(9)]
  const [colour, shift] = [new Float64Array(3), new Float64Array(3)]
  for (let n = 0; n < samples.length; n++) {
    const at = samples[n]
    let off = 0
    for (let channel = 0; channel < 3; channel++) {
      colour[channel] = image[at + channel]
      shift[channel] = result[at + channel] - colour[channel]
      const rest = shift[channel] - shiftOf(before, image, at, channel)
      off += rest * rest
    }
    const odds = 1 + off / (scale * scale)
    const weight = 1 / (odds * odds)
    total += weight
    for (let i = 0; i < 3; i++) {
      colours[i] += weight * colour[i]
      shifts[i] += weight * shift[i]
      for (let j = 0; j < 3; j++) {
        squares[i * 3 + j] += weight * colour[i] * colour[j]
        products[i * 3 + j] += weight * colour[i] * shift[j]
      }
    }
  }
  const fit: Fit = new Float64Array(15)
  for (let i = 0; i < 3; i++) {
    fit[i] = colours[i] / total
    fit[offset + i] = shifts[i] / total
  }
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      squares[i * 3 + j] = squares[i * 3 + j] / total - fit[i] * fit[j] + (i === j ? ridge : 0)
      products[i * 3 + j] = products[i * 3 + j] / total - fit[i] * fit[offset + j]
    }
  }
  fit.set(solve(squares, products), slopes)
  return fit
}

/** X of M·X = Y, by Cramer's rule; M is symmetric, 3 by 3, and positive because of the ridge. */
function solve (m: Float64Array, y: Float64Array): Float64Array {
  // By going round the indices each minor has its sign.
  const minor = (i: number, j: number) => {
    const [r, s, c, d] = [(i + 1) % 3 * 3, (i + 2) % 3 * 3, (j + 1) % 3, (j + 2) % 3]
    return m[r + c] * m[s + d] - m[r + d] * m[s + c]
  }
  const determinant = m[0] * minor(0, 0) + m[1] * minor(0, 1) + m[2] * minor(0, 2)
  return new Float64Array(9).map((_, at) => {
    const [i, channel] = [Math.floor(at / 3), at % 3]
    return (minor(0, i) * y[channel] + minor(1, i) * y[3 + channel] + minor(2, i) * y[6 + channel]) / determinant
  })
}
