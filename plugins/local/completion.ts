import { depths, halve } from './canvas.ts'
import { firstFilling } from './first-filling.ts'
import { enlargeField, findSources, reach } from './patch-field.ts'
import { patchMeans, searchPatches } from './patch-match.ts'
import { predict, vote } from './patch-vote.ts'
import { createRandom } from './random.ts'
import { blendSeams } from './seam.ts'
import { measureStrangeness } from './strangeness.ts'
import type { Canvas } from './canvas.ts'
import type { PatchField, Sources } from './patch-field.ts'
import type { Prior } from './patch-match.ts'
import type { Random } from './random.ts'

export interface CompletionOptions {
  readonly seed: number
  /** How much more each pixel nearer to what is known counts, from 1. Large for holes that are open to one side. */
  readonly inward: number
  /** 1 / pixels: how fast the correction at the seams fades; 0 for holes that are closed all around. */
  readonly decay: number
  /** Where content had better come from, for coordinates of the canvas scaled to 0–1. */
  readonly prior?: Prior
}

/** One scale of the picture, with all that filling it needs. */
export interface Level {
  readonly canvas: Canvas
  readonly sources: Sources
  readonly effort: Effort
  readonly random: Random
  readonly prior: Prior
  readonly means: Float32Array | undefined
  /** Fills the hole by the field and improves the field by what it finds then, as often as the effort says. */
  readonly improve: (field: PatchField) => void
}

export interface Effort {
  /** For holes of up to so many pixels. */
  readonly upTo: number
  /** Fillings to begin with, at the smallest scale; the best one is kept. */
  readonly starts: number
  /** Distance of patches, pixels. */
  readonly stride: number
  readonly rounds: number
  readonly passes: number
  /** How far a pass looks around, pixels. */
  readonly range: number
}

/** Large levels only refine what small ones found. */
const efforts: readonly Effort[] = [
  { upTo: 2000, starts: 8, stride: 1, rounds: 8, passes: 2, range: 1024 },
  { upTo: 6000, starts: 4, stride: 1, rounds: 8, passes: 2, range: 1024 },
  { upTo: 20_000, starts: 2, stride: 1, rounds: 5, passes: 2, range: 64 },
  { upTo: 40_000, starts: 1, stride: 1, rounds: 3, passes: 2, range: 16 },
  { upTo: 150_000, starts: 1, stride: 2, rounds: 3, passes: 2, range: 16 },
  { upTo: 400_000, starts: 1, stride: 2, rounds: 2, passes: 2, range: 8 },
  { upTo: 2_000_000, starts: 1, stride: 3, rounds: 1, passes: 2, range: 4 },
  { upTo: Infinity, starts: 1, stride: 5, rounds: 1, passes: 1, range: 2 }
]
/** Mean colours of patches are kept for canvases of up to so many pixels; larger ones go on with the shading found before. */
const meansUpTo = 3_000_000
/** Steps from the rim from which on a hole is deep: structure is lost on the way there, unless it is found at a smaller scale. */
const deep = 16
/** Places to copy from that the picture must offer, its smaller scales, where there is a choice, and those that a deep hole needs. */
const fewest = { sources: 100, sourcesBelow: 1500, sourcesDeep: 400 }
/** Strangeness is measured at a scale with no more known pixels than this, against a rim of so many of them. */
const strangenessUpTo = 12_000
const rim = 5
const strangenessPrice = 0.5

/**
 * Fills the hole from what is known: patch-based completion over a pyramid of scales (Wexler et al. 2007, Barnes et al.
 * 2009, Newson et al. 2014), then Poisson blending. Returns false, with the hole as it was, when there are too few whole
 * patches to copy from.
 */
export function completeHole (canvas: Canvas, options: CompletionOptions): boolean {
  const random = createRandom(options.seed)
  const scales = pyramid(canvas)
  if (scales.length === 0) return false
  const prior = withStrangeness(scales, random, options.prior)
  let level = openLevel(scales[scales.length - 1], prior, options.inward, random)
  let field = firstFilling(level)
  for (let n = scales.length - 2; n >= 0; n--) {
    level = openLevel(scales[n], prior, options.inward, random)
    field = enlargeField(field, scales[n + 1].width, scales[n], level.sources, level.effort.stride, random)
    level.improve(field)
  }
  // Sharp, but where patches lie far apart their edges must not show.
  const prediction = predict(canvas, field, { spread: Math.max(0.8, 0.35 * level.effort.stride), inward: options.inward })
  vote(canvas, prediction)
  blendSeams(canvas, prediction, options.decay)
  return true
}

/** From full size to the scale at which the hole is a few patches wide. Empty when even the full size offers too few sources. */
function pyramid (canvas: Canvas): Canvas[] {
  const scales: Canvas[] = []
  let scale = canvas
  let enough = fewest.sources
  while (scale.hole.includes(1) && findSources(scale).count >= enough) {
    scales.push(scale)
    const depth = scale.hole.length < 1_000_000 ? depths(scale).reduce((deepest, depth) => Math.max(deepest, depth), 0) : Infinity
    if (depth <= 2 * reach) break
    enough = depth <= deep ? fewest.sourcesBelow : fewest.sourcesDeep
    scale = halve(scale)
  }
  return scales
}

/** Adds to a prior that nothing had better be copied which looks unlike all that borders on the hole. */
function withStrangeness (scales: readonly Canvas[], random: Random, prior: Prior = () => 0): Prior {
  let small = scales[0]
  while (small.hole.reduce((known, mark) => known - mark, small.hole.length) > strangenessUpTo) small = halve(small)
  const strangeness = measureStrangeness(small, rim, random)
  return (x, y, u, v) => prior(x, y, u, v) +
    strangenessPrice * strangeness[Math.floor(v * small.height) * small.width + Math.floor(u * small.width)]
}

function openLevel (canvas: Canvas, scaled: Prior, inward: number, random: Random): Level {
  const { width, height, hole } = canvas
  const sources = findSources(canvas)
  const pixels = hole.reduce((sum, mark) => sum + mark, 0)
  let effort = efforts[0]
  for (const next of efforts) {
    if (pixels > effort.upTo) effort = next
  }
  const means = hole.length <= meansUpTo ? patchMeans(canvas, sources) : undefined
  const prior: Prior = (x, y, u, v) => scaled(x / width, y / height, u / width, v / height)
  const improve = (field: PatchField) => {
    for (let round = 0; round < effort.rounds; round++) {
      vote(canvas, predict(canvas, field, { spread: 2, inward }))
      searchPatches(canvas, sources, field, { passes: effort.passes, range: Math.min(effort.range, Math.max(width, height)), means, prior, random })
    }
  }
  return { canvas, sources, effort, random, prior, means, improve }
}
