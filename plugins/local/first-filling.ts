import { createMembrane, diffuse, fixed, free } from './diffusion.ts'
import { peel } from './onion-peel.ts'
import { createField } from './patch-field.ts'
import { searchPatches } from './patch-match.ts'
import type { Canvas } from './canvas.ts'
import type { Level } from './completion.ts'
import type { PatchField } from './patch-field.ts'

/**
 * Fills the smallest scale, from nothing. What is found here decides what the picture shows in the end, so several fillings
 * are tried, smooth and peeled ones, and the one whose patches agree best is kept.
 */
export function firstFilling (level: Level): PatchField {
  const { canvas, sources, effort, random, prior, means } = level
  let best: PatchField | undefined
  let least = Infinity
  let pixels = canvas.data
  for (let start = 0; start < effort.starts; start++) {
    if (start === 1) smooth(canvas)
    else peel(canvas, sources, random, prior)
    const field = createField(canvas, effort.stride)
    for (let slot = 0; slot < field.source.length; slot++) {
      if (field.source[slot] >= 0) field.source[slot] = sources.sample[Math.floor(random() * sources.sample.length)]
    }
    searchPatches(canvas, sources, field, { passes: 4, range: Math.max(canvas.width, canvas.height), means, prior, random })
    level.improve(field)
    const cost = field.cost.reduce((sum, cost) => sum + cost, 0)
    if (best !== undefined && cost >= least) continue
    best = field
    least = cost
    pixels = canvas.data.slice()
  }
  if (best === undefined) throw new TypeError('an effort has at least one start')
  canvas.data.set(pixels)
  return best
}

/** Fills the hole by diffusion alone. */
export function smooth ({ width, height, data, hole }: Canvas): void {
  const membrane = createMembrane(width, height)
  membrane.kind.set(hole.map(mark => mark === 1 ? free : fixed))
  membrane.values.set(data)
  diffuse(membrane)
  for (let n = 0; n < data.length; n++) data[n] = Math.round(membrane.values[n])
}
