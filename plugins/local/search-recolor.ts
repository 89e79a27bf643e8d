import { colourfulnessOf, readLab } from './colour-survey.ts'
import { readSelection, readTarget, type Colour, type ColourRange } from './colour-words.ts'
import { byteOf, fromOklab, hueDifference, hueOf, triple } from './oklab.ts'
import { Refusal, type LocalOperation, type Raster } from './raster.ts'
import { selectColour } from './selection.ts'
import { lift } from './tone.ts'

/** Share of the hue's own variation (a tomato's orange spots) that the new colour keeps. */
const keptVariation = 0.4

/**
 * Gives everything of the colour named by `selectPrompt` the colour named by `prompt`, and keeps light and shade. It knows
 * colours, not objects: "the red car" is all that is red, under the mask if there is one.
 * @throws {Refusal} when a prompt names no colour or several, or the image has nothing of the colour
 */
export const searchRecolor: LocalOperation = async (image, { prompt = '', selectPrompt = '', mask }) => {
  const range = readSelection(selectPrompt)
  const target = readTarget(prompt, range.family)
  const weights = await selectColour(image, range, mask)
  if (weights === null) throw new Refusal(`no ${range.name} was found ${mask === undefined ? 'in the image' : 'under the mask'}`)
  // A light colour is that of the lit parts: the shaded half of something white is not white.
  const portion = 0.5 + Math.max(0, target.lightness - 0.6) * 0.6
  return recolour(image, weights, { range, from: describe(image, weights, portion), to: target })
}

/** What the selection looks like: the lightness that a portion of it lies below, the median of colourfulness, the mean hue. */
interface Look { readonly lightness: number, readonly colourfulness: number, readonly hue: number }

function describe ({ data }: Raster, weights: Uint8Array, portion: number): Look {
  const bins = 512
  const lightness = new Float64Array(bins)
  const colourfulness = new Float64Array(bins)
  const lab = triple()
  let a = 0
  let b = 0
  const strongest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  for (let pixel = 0; pixel < weights.length; pixel++) {
    if (weights[pixel] * 2 < strongest) continue
    readLab(data, pixel * 4, lab)
    a += lab[1] * weights[pixel]
    b += lab[2] * weights[pixel]
    lightness[Math.min(bins - 1, Math.floor(lab[0] * bins))] += weights[pixel]
    colourfulness[Math.min(bins - 1, Math.floor(colourfulnessOf(lab) * bins))] += weights[pixel]
  }
  return { lightness: quantile(lightness, portion), colourfulness: quantile(colourfulness, 0.5), hue: hueOf(a, b) }
}

/** The value of a histogram over 0–1 that a portion of it lies below. */
function quantile (histogram: Float64Array, portion: number): number {
  const wanted = histogram.reduce((sum, count) => sum + count) * portion
  let sum = 0
  const bin = histogram.findIndex(count => (sum += count) >= wanted)
  return (bin + 0.5) / histogram.length
}

/** A colour with light and shade is not lifted further than this: its shade would turn to noise. */
const steepest = 3

/** Lightness after repainting, so that `from` becomes `to`. */
function repaint (family: string, from: number, wanted: number): (lightness: number) => number {
  // White takes light as paint does, its brightest spots too.
  if (family === 'white') return lightness => Math.min(1, lightness * wanted / from)
  // Black has next to no shade to go by: it is lifted as a whole.
  if (family === 'black') return lightness => lightness < from ? wanted - from + lightness : wanted + (1 - wanted) * (lightness - from) / (1 - from)
  // Below `from`, shade stays the same share of the colour's light; above it, highlights go on to white as they did.
  const to = Math.min(wanted, steepest * from)
  const slope = to / from
  const start = slope * (1 - from) / (1 - to)
  return lightness => lightness < from ? slope * lightness : to + (1 - to) * lift((lightness - from) / (1 - from), start)
}

function recolour (image: Raster, weights: Uint8Array, { range, from, to }: { range: ColourRange, from: Look, to: Colour }): Raster {
  const data = new Uint8Array(image.data)
  const lab = triple()
  const rgb = triple()
  const ratio = to.chroma / to.lightness
  // White, grey and black have no hue of their own to keep.
  const paint = range.hues === null ? null : ratio / from.colourfulness
  const relight = repaint(range.family, from.lightness, to.lightness)
  for (let pixel = 0, at = 0; pixel < weights.length; pixel++, at += 4) {
    const share = weights[pixel] / 255
    if (share === 0) continue
    readLab(data, at, lab)
    const light = relight(lab[0])
    const colourful = paint === null ? ratio : colourfulnessOf(lab) * paint
    const turned = paint === null ? 0 : keptVariation * hueDifference(hueOf(lab[1], lab[2]), from.hue)
    const angle = (to.hue + turned) * Math.PI / 180
    lab[0] += (light - lab[0]) * share
    lab[1] += (colourful * light * Math.cos(angle) - lab[1]) * share
    lab[2] += (colourful * light * Math.sin(angle) - lab[2]) * share
    fromOklab(lab, rgb)
    for (let channel = 0; channel < 3; channel++) data[at + channel] = byteOf(rgb[channel])
  }
  return { ...image, data }
}
