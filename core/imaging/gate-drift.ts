import type { Cells } from './gate-cells.ts'

/** Cells that are looked at: more make the fit no better. */
const mostSamples = 1500
/** Differences from which on a cell says little of the drift, ΔE-OK: it shows something else. */
const scale = 0.02
const rounds = 4
/** Weight of "no drift": a picture of few colours cannot tell how others drift. */
const ridge = 0.002

/**
 * How a vendor shifts all colours a little (its colour management, its encoder, a model's taste): the affine map in OKLab by which
 * the cells of the result lie off those of the image, fitted so that what was edited hardly counts.
 *
 * @param isUsed of the cells that were not to be edited
 * @param most the largest shift that passes for drift, ΔE-OK
 * @returns the result's cells with the drift taken out
 */
export function withoutDrift (image: Cells, result: Cells, isUsed: (cell: number) => boolean, most: number): Cells {
  const samples = sample(image, isUsed)
  const lab = Float32Array.from(result.lab)
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

function sample ({ lab }: Cells, isUsed: (cell: number) => boolean): number[] {
  const used: number[] = []
  for (let cell = 0; cell < lab.length / 3; cell++) if (isUsed(cell)) used.push(cell * 3)
  const step = Math.ceil(used.length / mostSamples)
  return used.filter((_, index) => index % step === 0)
}

/** The shift of a colour: that of the centre, and by how much it changes with each coordinate. */
interface Fit { readonly centre: readonly number[], readonly offset: readonly number[], readonly slopes: ReadonlyArray<readonly number[]> }

function shiftOf ({ centre, offset, slopes }: Fit, lab: Float32Array, at: number, channel: number): number {
  return offset[channel] + slopes[0][channel] * (lab[at] - centre[0]) + slopes[1][channel] * (lab[at + 1] - centre[1]) + slopes[2][channel] * (lab[at + 2] - centre[2])
}

const axes = [0, 1, 2] as const
const none = [0, 0, 0]

/** Least squares of the differences over the colours, weighted anew each round: the more a cell is off, the less it counts. */
function fitDrift (image: Float32Array, result: Float32Array, samples: readonly number[]): Fit {
  const offset = axes.map(channel => {
    const values = Float32Array.from(samples, at => result[at + channel] - image[at + channel]).sort()
    return values[values.length >> 1]
  })
  let fit: Fit = { centre: none, offset, slopes: [none, none, none] }
  for (let round = 0; round < rounds; round++) fit = refine(image, result, samples, fit)
  return fit
}

function refine (image: Float32Array, result: Float32Array, samples: readonly number[], before: Fit): Fit {
  const weights = Float64Array.from(samples, at => {
    const off = axes.reduce<number>((sum, channel) => sum + (result[at + channel] - image[at + channel] - shiftOf(before, image, at, channel)) ** 2, 0)
    return 1 / (1 + off / scale ** 2) ** 2
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const mean = (value: (at: number) => number) => {
    let sum = 0
    for (let index = 0; index < samples.length; index++) sum += weights[index] * value(samples[index])
    return sum / total
  }
  const centre = axes.map(channel => mean(at => image[at + channel]))
  const offset = axes.map(channel => mean(at => result[at + channel] - image[at + channel]))
  const squares = axes.map(i => axes.map(j => mean(at => (image[at + i] - centre[i]) * (image[at + j] - centre[j])) + (i === j ? ridge : 0)))
  const products = axes.map(i => axes.map(channel => mean(at => (image[at + i] - centre[i]) * (result[at + channel] - image[at + channel] - offset[channel]))))
  return { centre, offset, slopes: solve(squares, products) }
}

/** X of M·X = Y, by Cramer's rule; M is symmetric, 3 by 3, and positive because of the ridge. */
function solve (m: number[][], y: number[][]): number[][] {
  const minor = (i: number, j: number) => {
    const [r, s] = axes.filter(row => row !== i)
    const [c, d] = axes.filter(column => column !== j)
    return (m[r][c] * m[s][d] - m[r][d] * m[s][c]) * ((i + j) % 2 === 0 ? 1 : -1)
  }
  const determinant = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2)
  return axes.map(i => axes.map(channel => axes.reduce<number>((sum, j) => sum + minor(j, i) * y[j][channel], 0) / determinant))
}
