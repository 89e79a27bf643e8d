import type { KeyName } from '../emulation-prompts.ts'
import type { FlatBackdrop } from './flat-backdrop.ts'
import { surveySubject } from './key-subject.ts'
import { keyness } from './keyness.ts'
import { growPlane } from './mask-growth.ts'
import { fullOf, type Raster } from './raster.ts'

/** What a picture before a key colour shows, without it. */
export interface Matte {
  /** RGB and alpha, in the depth of the picture; where it is invisible all is 0. */
  readonly cutout: Raster
  /** 0–255, a byte a pixel. */
  readonly alpha: Uint8Array
}

/**
 * Cuts out what stands before a key colour. A pixel is taken as a mixture of the key, as it really is at this place, and of the subject as
 * it is nearby; its alpha is the subject's share, measured by how much of the key is in it. Its colour is freed from the key's, and from
 * the key's light on the subject. Far from all pixels of the key, what is rather opaque is so altogether: there, a colour
 * that has something of the key is the subject's own.
 *
 * @param picture RGB, or RGB and alpha, which is not looked at
 */
export function extractKeyMatte (picture: Raster, backdrop: FlatBackdrop, key: KeyName): Matte {
  const { data, width, height, channels } = picture
  const full = fullOf(picture)
  const gain = 255 / full
  const ground = new Float64Array(3)
  const raw = rawAlpha(picture, backdrop, key)
  const near = { pixels: raw.map(value => value < surelyKey ? 255 : 0), width, height }
  growPlane(near, reachFor(picture))
  const subject = surveySubject(picture, raw, key)
  const cutout = full === 255 ? new Uint8Array(width * height * 4) : new Uint16Array(width * height * 4)
  const alpha = new Uint8Array(width * height)
  const typical = new Float64Array(4)
  const colour = new Float64Array(3)
  // What the key itself varies by is no subject.
  const floor = Math.min(0.25, 0.02 + 3 * backdrop.spread / 255)
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const from = pixel * channels
      const to = pixel * 4
      if (near.pixels[pixel] === 0 && raw[pixel] >= ownColour) {
        for (let c = 0; c < 3; c++) cutout[to + c] = data[from + c]
        cutout[to + 3] = full
        alpha[pixel] = 255
        continue
      }
      backdrop.colourAt(x, y, ground)
      subject.at(x, y, typical)
      for (let c = 0; c < 3; c++) colour[c] = data[from + c] * gain
      const visible = near.pixels[pixel] === 0 && raw[pixel] >= 128 ? 1 : stretch(shareOf(colour, ground, typical, key), floor)
      alpha[pixel] = Math.round(visible * 255)
      if (alpha[pixel] === 0) continue
      free(colour, ground, typical, visible)
      limit(colour, key, Math.max(0, typical[3]))
      for (let c = 0; c < 3; c++) cutout[to + c] = Math.round(colour[c] / gain)
      cutout[to + 3] = Math.round(visible * full)
    }
  }
  return { cutout: { data: cutout, width, height, channels: 4 }, alpha }
}

/** First guesses, 0–255: below it is the key; from it on, far from the key, what a colour has of it is its own and not the key's light. */
const surelyKey = 48
const ownColour = 200

/**
 * The subject's share of a pixel, by the key that is in it and in the subject nearby. Where the pixel is no mixture of these two, the subject
 * has another colour here, and is taken to have nothing of the key.
 */
function shareOf (colour: Float64Array, ground: Float64Array, typical: Float64Array, key: KeyName): number {
  const whole = keyness(key, ground[0], ground[1], ground[2])
  const part = whole - keyness(key, colour[0], colour[1], colour[2])
  const share = part / (whole - Math.min(typical[3], whole / 2))
  const bound = Math.min(1, Math.max(0, share))
  let most = 0
  for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(colour[c] - typical[c] * bound - ground[c] * (1 - bound)))
  const doubt = Math.min(1, Math.max(0, (most - 24) / 40))
  return share + doubt * (part / whole - share)
}

/** The share of a subject of which nothing is known but that it has nothing of the key, 0–255. */
function rawAlpha ({ data, width, height, channels, ...rest }: Raster, backdrop: FlatBackdrop, key: KeyName): Uint8Array {
  const gain = 255 / fullOf({ data, ...rest })
  const ground = new Float64Array(3)
  const raw = new Uint8Array(width * height)
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const at = pixel * channels
      backdrop.colourAt(x, y, ground)
      const share = keyness(key, data[at], data[at + 1], data[at + 2]) * gain / keyness(key, ground[0], ground[1], ground[2])
      raw[pixel] = Math.round(255 * Math.min(1, Math.max(0, 1 - share)))
    }
  }
  return raw
}

/** Pixels around the key within which its edge may be soft. */
function reachFor ({ width, height }: Pick<Raster, 'width' | 'height'>): number {
  return Math.max(4, Math.min(40, Math.round(Math.min(width, height) / 60)))
}

/** What is so nearly opaque is so: the rest is noise. */
const ceiling = 0.96

function stretch (share: number, floor: number): number {
  return Math.min(1, Math.max(0, (share - floor * (1 - share)) / ceiling))
}

/** The colour without the key's share. Of a faint one hardly anything is known: it is rather that of the subject nearby. */
function free (colour: Float64Array, ground: Float64Array, typical: Float64Array, visible: number): void {
  const trust = Math.min(1, visible / 0.4)
  for (let c = 0; c < 3; c++) {
    const freed = ground[c] + (colour[c] - ground[c]) / visible
    colour[c] = Math.min(255, Math.max(0, freed * trust + typical[c] * (1 - trust)))
  }
}

/** Takes out what there is more of the key than in the subject nearby: its light. */
function limit (colour: Float64Array, key: KeyName, most: number): void {
  const excess = keyness(key, colour[0], colour[1], colour[2]) - most
  if (excess <= 0) return
  if (key === 'magenta') {
    colour[0] -= excess
    colour[2] -= excess
  } else {
    colour[key === 'green' ? 1 : 2] -= excess
  }
}
