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

function sample ({ lab }: Cells, isUsed: (cell: number) => boolean): Int32Array {
  const used = new Int32Array(lab.length / 3)
  let count = 0
  for (let cell = 0; cell < used.length; cell++) if (isUsed(cell)) used[count++] = cell * 3
  const step = Math.max(1, Math.ceil(count / mostSamples))
  return used.subarray(0, count).filter((_, index) => index % step === 0)
}

/** The shift of a colour: that of the centre, and by how much it changes with each coordinate. */
interface Fit { readonly centre: readonly number[], readonly offset: readonly number[], readonly slopes: ReadonlyArray<readonly number[]> }

function shiftOf ({ centre, offset, slopes }: Fit, lab: Float32Array, at: number, channel: number): number {
  return offset[channel] + slopes[0][channel] * (lab[at] - centre[0]) + slopes[1][channel] * (lab[at + 1] - centre[1]) + slopes[2][channel] * (lab[at + 2] - centre[2])
}

const axes = [0, 1, 2] as const
const none = [0, 0, 0]

/** Least squares of the differences over the colours, weighted anew each round: the more a cell is off, the less it counts. */
function fitDrift (image: Float32Array, result: Float32Array, samples: Int32Array): Fit {
  const offset = axes.map(channel => {
    const values = new Float32Array(samples.length)
    for (let index = 0; index < samples.length; index++) values[index] = result[samples[index] + channel] - image[samples[index] + channel]
    return values.sort()[values.length >> 1]
  })
  let fit: Fit = { centre: none, offset, slopes: [none, none, none] }
  for (let round = 0; round < rounds; round++) fit = refine(image, result, samples, fit)
  return fit
}

function refine (image: Float32Array, result: Float32Array, samples: Int32Array, before: Fit): Fit {
  let total = 0
  const [colours, shifts] = [[0, 0, 0], [0, 0, 0]]
  const [squares, products] = [axes.map(() => [0, 0, 0]), axes.map(() => [0, 0, 0])]
  const [colour, shift] = [[0, 0, 0], [0, 0, 0]]
  for (const at of samples) {
    let off = 0
    for (const channel of axes) {
      colour[channel] = image[at + channel]
      shift[channel] = result[at + channel] - colour[channel]
      off += (shift[channel] - shiftOf(before, image, at, channel)) ** 2
    }
    const weight = 1 / (1 + off / scale ** 2) ** 2
    total += weight
    for (const i of axes) {
      colours[i] += weight * colour[i]
      shifts[i] += weight * shift[i]
      for (const j of axes) {
        squares[i][j] += weight * colour[i] * colour[j]
        products[i][j] += weight * colour[i] * shift[j]
      }
    }
  }
  const centre = colours.map(sum => sum / total)
  const offset = shifts.map(sum => sum / total)
  return {
    centre,
    offset,
    slopes: solve(
      squares.map((row, i) => row.map((sum, j) => sum / total - centre[i] * centre[j] + (i === j ? ridge : 0))),
      products.map((row, i) => row.map((sum, channel) => sum / total - centre[i] * offset[channel]))
    )
  }
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
