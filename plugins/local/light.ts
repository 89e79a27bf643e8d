import { linearOf, toOklab, triple } from './oklab.ts'
import type { Raster } from './raster.ts'
import { fitSurface, surfaceAt, type Surface } from './surface.ts'

/** The light in a picture, read from its colours. In OKLab: lightness 0–1, a and b around 0. */
export interface Light {
  readonly lightness: number
  /** Standard deviation of lightness. */
  readonly contrast: number
  /** Mean distance from grey. */
  readonly colourfulness: number
  /** The colour of the light: mean a and b, bright places first. */
  readonly a: number
  readonly b: number
  /** How lightness, a and b rise and fall from one side to the other. */
  readonly slope: Surface
}

const SAMPLES = 4000
const LEAVES = 15

/** Reads the light of a picture; transparent pixels have no say. null = nothing in it is visible. */
export function readLight (raster: Raster): Light | null {
  const { data, width, height } = raster
  const step = Math.max(1, Math.sqrt(width * height / SAMPLES))
  const places: number[] = []
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const p = Math.floor(y) * width + Math.floor(x)
      if (data[4 * p + 3] > 127) places.push(p)
    }
  }
  if (places.length === 0) return null
  const colours = new Float64Array(places.length * 3)
  const lab = triple()
  let lightness = 0
  let squares = 0
  let colourfulness = 0
  let a = 0
  let b = 0
  places.forEach((place, i) => {
    for (let c = 0; c < 3; c++) lab[c] = linearOf[data[4 * place + c]]
    toOklab(lab, lab)
    colours.set(lab, 3 * i)
    lightness += lab[0]
    squares += lab[0] * lab[0]
    colourfulness += Math.hypot(lab[1], lab[2])
    // Leaves are paint: what is green says little about the light.
    const say = lab[0] / (1 + LEAVES * Math.max(0, -lab[1]))
    a += say * lab[1]
    b += say * lab[2]
  })
  const count = places.length
  // A black picture has no colour of light.
  const weight = Math.max(lightness, 1e-3)
  const x = Float64Array.from(places, place => place % width)
  const y = Float64Array.from(places, place => Math.floor(place / width))
  return {
    lightness: lightness / count,
    contrast: Math.sqrt(Math.max(0, squares / count - (lightness / count) ** 2)),
    colourfulness: colourfulness / count,
    a: a / weight,
    b: b / weight,
    // No sample is an outlier here: every place in the picture is lit.
    slope: fitSurface({ x, y, colours }, raster, 1, 1).surface
  }
}

/** How much brighter and of which other colour the light is there than in the middle: three values into `difference`; u and v are −1 … 1. */
export function slopeAt ({ slope }: Light, u: number, v: number, difference: Float64Array): void {
  const middle = triple()
  const x = (slope.width - 1) / 2
  const y = (slope.height - 1) / 2
  surfaceAt(slope, x, y, middle)
  surfaceAt(slope, x * (1 + u), y * (1 + v), difference)
  for (let c = 0; c < 3; c++) difference[c] -= middle[c]
}
