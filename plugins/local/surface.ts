/**
 * A smooth colour surface: per channel a polynomial of low degree over the image's plane. It describes what a plain or
 * softly shaded backdrop looks like, also where the subject hides it, and the slow gradient of light across a picture.
 */
export interface Surface {
  readonly width: number
  readonly height: number
  readonly degree: number
  /** Three channels one after the other, each with the coefficients of x^i·y^j in the order of `powers`. */
  readonly coefficients: Float64Array
}

/** Points of an image with their colours. Coordinates in pixels, three values per colour. */
export interface Samples {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly colours: Float64Array
}

export interface Fit {
  readonly surface: Surface
  /** Robust standard deviation of the samples from the surface, in the unit of the colours. */
  readonly spread: number
  /** Per sample: distance from the surface, the largest of the three channels. */
  readonly errors: Float64Array
}

// Without a place to begin: towards the median, which a minority far away cannot move. Then with the samples near it alone.
const MEDIAN_ROUNDS = 5
const ROUNDS = 13
// Tukey's biweight gives a sample no say beyond 4.685 standard deviations.
const TUKEY = 4.685

/**
 * Fits a surface so that samples far from it (a subject that touches the border) have no say.
 * `first` gives the weight of each sample to begin with, `finest` the smallest spread to tell samples apart by.
 */
export function fitSurface (samples: Samples, size: { width: number, height: number }, degree: number, finest: number, first?: Float64Array): Fit {
  const weights = first?.slice() ?? new Float64Array(samples.x.length).fill(1)
  const errors = new Float64Array(samples.x.length)
  let surface = solveSurface(samples, size, degree, weights)
  let spread = measureErrors(samples, surface, errors, finest)
  for (let round = first === undefined ? 0 : MEDIAN_ROUNDS; round < ROUNDS; round++) {
    const reach = TUKEY * spread
    for (let i = 0; i < errors.length; i++) {
      if (round < MEDIAN_ROUNDS) weights[i] = finest / Math.max(finest, errors[i])
      else weights[i] = errors[i] < reach ? (1 - (errors[i] / reach) ** 2) ** 2 : 0
    }
    surface = solveSurface(samples, size, degree, weights)
    spread = measureErrors(samples, surface, errors, finest)
  }
  return { surface, spread, errors }
}

/** The surface along row y: three values a pixel into `row` (length ≥ 3 · width). */
export function surfaceRow (surface: Surface, y: number, row: Float32Array): void {
  const { width, height, degree, coefficients } = surface
  const terms = coefficients.length / 3
  const v = centred(y, height)
  const inX = new Float64Array(degree + 1)
  for (let channel = 0; channel < 3; channel++) {
    inX.fill(0)
    let term = channel * terms
    for (let i = 0; i <= degree; i++) {
      for (let j = 0, power = 1; j <= degree - i; j++, power *= v) inX[i] += coefficients[term++] * power
    }
    for (let x = 0; x < width; x++) {
      const u = centred(x, width)
      let value = inX[degree]
      for (let i = degree - 1; i >= 0; i--) value = value * u + inX[i]
      row[3 * x + channel] = value
    }
  }
}

/** The surface at one place: three values into `colour`. */
export function surfaceAt (surface: Surface, x: number, y: number, colour: Float64Array): void {
  const { degree, coefficients } = surface
  const u = centred(x, surface.width)
  const v = centred(y, surface.height)
  let term = 0
  for (let channel = 0; channel < 3; channel++) {
    let value = 0
    for (let i = 0, powerX = 1; i <= degree; i++, powerX *= u) {
      for (let j = 0, power = powerX; j <= degree - i; j++, power *= v) value += coefficients[term++] * power
    }
    colour[channel] = value
  }
}

/** The middle of the values, in the manner of order statistics: no interpolation. */
export function median (values: Float64Array): number {
  return values.toSorted()[values.length >> 1]
}

// −1 … 1 across the image keeps the powers of one magnitude.
function centred (position: number, length: number): number {
  return length > 1 ? 2 * position / (length - 1) - 1 : 0
}

/** Writes the errors; returns the spread. */
function measureErrors (samples: Samples, surface: Surface, errors: Float64Array, finest: number): number {
  const colour = new Float64Array(3)
  for (let i = 0; i < errors.length; i++) {
    surfaceAt(surface, samples.x[i], samples.y[i], colour)
    errors[i] = Math.max(
      Math.abs(samples.colours[3 * i] - colour[0]),
      Math.abs(samples.colours[3 * i + 1] - colour[1]),
      Math.abs(samples.colours[3 * i + 2] - colour[2]))
  }
  return Math.max(finest, 1.4826 * median(errors))
}

function solveSurface (samples: Samples, { width, height }: { width: number, height: number }, degree: number, weights: Float64Array): Surface {
  const terms = (degree + 1) * (degree + 2) / 2
  const matrix = new Float64Array(terms * terms)
  const right = new Float64Array(terms * 3)
  const basis = new Float64Array(terms)
  for (let n = 0; n < weights.length; n++) {
    const weight = weights[n]
    if (weight === 0) continue
    const u = centred(samples.x[n], width)
    const v = centred(samples.y[n], height)
    for (let i = 0, term = 0, powerX = 1; i <= degree; i++, powerX *= u) {
      for (let j = 0, power = powerX; j <= degree - i; j++, power *= v) basis[term++] = power
    }
    for (let row = 0; row < terms; row++) {
      const scaled = weight * basis[row]
      for (let column = 0; column <= row; column++) matrix[row * terms + column] += scaled * basis[column]
      for (let channel = 0; channel < 3; channel++) right[channel * terms + row] += scaled * samples.colours[3 * n + channel]
    }
  }
  // A ring of samples cannot tell some high powers apart; the ridge then takes the flattest surface.
  const ridge = 1e-6 * matrix[0] + 1e-12
  for (let i = 0; i < terms; i++) matrix[i * terms + i] += ridge
  return { width, height, degree, coefficients: solveCholesky(matrix, right, terms) }
}

/** Solves A·x = b for three right sides; A is symmetric and positive, given by its lower half. Overwrites both. */
function solveCholesky (matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = matrix[row * size + column]
      for (let k = 0; k < column; k++) sum -= matrix[row * size + k] * matrix[column * size + k]
      matrix[row * size + column] = row === column ? Math.sqrt(sum) : sum / matrix[column * size + column]
    }
  }
  for (let start = 0; start < right.length; start += size) {
    for (let row = 0; row < size; row++) {
      for (let k = 0; k < row; k++) right[start + row] -= matrix[row * size + k] * right[start + k]
      right[start + row] /= matrix[row * size + row]
    }
    for (let row = size - 1; row >= 0; row--) {
      for (let k = row + 1; k < size; k++) right[start + row] -= matrix[k * size + row] * right[start + k]
      right[start + row] /= matrix[row * size + row]
    }
  }
  return right
}
