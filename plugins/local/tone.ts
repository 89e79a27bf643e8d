import { byteOf, fitGamut, fromOklab, linearOf, toOklab, triple, type Triple } from './oklab.ts'
import type { Raster } from './raster.ts'
import type { ToneStep } from './vocabulary.ts'

/** Changes a colour in place: linear sRGB in, linear sRGB out, both 0–1. */
type Tone = (rgb: Triple) => void

/** The middle of the lightness scale: what contrast leaves alone. Near the grey of half the bytes. */
const pivot = 0.58

/** Hue of sepia in OKLab, and its colourfulness where it is strongest. */
const sepiaHue = 72 * Math.PI / 180
const sepiaChroma = 0.07

/** Carries out colour edits one after the other, pixel by pixel, rounding once at the end. Alpha is untouched. */
export function applyTones (image: Raster, steps: readonly ToneStep[]): Raster {
  const tones = steps.map(toneOf)
  const data = new Uint8Array(image.data)
  const rgb = triple()
  let last = -1
  for (let at = 0; at < data.length; at += 4) {
    const key = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
    if (key !== last) {
      last = key
      for (let channel = 0; channel < 3; channel++) rgb[channel] = linearOf[data[at + channel]]
      for (const tone of tones) tone(rgb)
    }
    for (let channel = 0; channel < 3; channel++) data[at + channel] = byteOf(rgb[channel])
  }
  return { ...image, data }
}

/** Lifts (factor above 1) or lowers lightness; black and white stay where they are, and no two lightnesses fall together. */
export function lift (lightness: number, factor: number): number {
  return factor * lightness / (1 + (factor - 1) * lightness)
}

function toneOf (step: ToneStep): Tone {
  switch (step.edit) {
    case 'invert': return invert
    case 'brightness': return relighten(lightness => lift(lightness, 8 ** step.amount))
    case 'contrast': return step.amount > 0 ? relighten(lightness => steepen(lightness, 1 + step.amount)) : flatten(1 + step.amount)
    case 'saturation': return inOklab(lab => scaleChroma(lab, 1 + step.amount))
    case 'greyscale': return inOklab(lab => scaleChroma(lab, 1 - step.amount))
    case 'sepia': return inOklab(lab => tint(lab, step.amount))
    case 'warmth': return whiteBalance(step.amount)
  }
}

function inOklab (change: (lab: Triple) => void): Tone {
  return rgb => {
    toOklab(rgb, rgb)
    change(rgb)
    fromOklab(rgb, rgb)
  }
}

/** Moves lightness along a curve and the colour with it, as more or less light on the same paint would. */
function relighten (curve: (lightness: number) => number): Tone {
  const lab = triple()
  return rgb => {
    toOklab(rgb, lab)
    const target = curve(lab[0])
    const light = lab[0] > 0 ? (target / lab[0]) ** 3 : 0
    for (let channel = 0; channel < 3; channel++) rgb[channel] *= light
    fitGamut(rgb, target)
  }
}

/** An S-curve through black, the pivot and white. */
function steepen (lightness: number, power: number): number {
  return lightness < pivot
    ? pivot * (lightness / pivot) ** power
    : 1 - (1 - pivot) * ((1 - Math.min(1, lightness)) / (1 - pivot)) ** power
}

/** Less contrast draws lightness to the pivot. Dark colours are not blown up by it: their noise would show. */
function flatten (share: number): Tone {
  return inOklab(lab => {
    const target = pivot + (lab[0] - pivot) * share
    scaleChroma(lab, Math.min(1, target / lab[0]))
    lab[0] = target
  })
}

function scaleChroma (lab: Triple, factor: number): void {
  lab[1] *= factor
  lab[2] *= factor
}

function tint (lab: Triple, share: number): void {
  const chroma = sepiaChroma * 4 * lab[0] * (1 - lab[0])
  lab[1] += (chroma * Math.cos(sepiaHue) - lab[1]) * share
  lab[2] += (chroma * Math.sin(sepiaHue) - lab[2]) * share
}

/** Warmer light is redder and less blue. Every pixel keeps its lightness, so black and white stay what they are. */
function whiteBalance (amount: number): Tone {
  const red = 2 ** (0.65 * amount)
  const blue = 2 ** (-0.75 * amount)
  const lab = triple()
  return rgb => {
    toOklab(rgb, lab)
    const lightness = lab[0]
    rgb[0] *= red
    rgb[2] *= blue
    toOklab(rgb, lab)
    const light = lab[0] > 0 ? (lightness / lab[0]) ** 3 : 0
    for (let channel = 0; channel < 3; channel++) rgb[channel] *= light
    fitGamut(rgb, lightness)
  }
}

/** The negative of the encoded values: done twice, it gives the image back. */
function invert (rgb: Triple): void {
  for (let channel = 0; channel < 3; channel++) rgb[channel] = linearOf[255 - byteOf(rgb[channel])]
}
