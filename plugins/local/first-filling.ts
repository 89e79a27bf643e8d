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
  let best = fill(level, false)
  for (let start = 1; start < level.effort.starts; start++) {
    const next = fill(level, start === 1)
    if (next.cost < best.cost) best = next
  }
  level.canvas.data.set(best.data)
  return best.field
}

function fill (level: Level, smoothly: boolean): { field: PatchField, cost: number, data: Uint8Array } {
  const { canvas, sources, effort, random, prior, means } = level
  if (smoothly) smooth(canvas)
  else peel(canvas, sources, random, prior)
  const field = createField(canvas, effort.stride)
  for (let slot = 0; slot < field.source.length; slot++) {
    if (field.source[slot] >= 0) field.source[slot] = sources.sample[Math.floor(random() * sources.sample.length)]
  }
  searchPatches(canvas, sources, field, { passes: 4, range: Math.max(canvas.width, canvas.height), means, prior, random })
  level.improve(field)
  return { field, cost: field.cost.reduce((sum, cost) => sum + cost, 0), data: canvas.data.slice() }
}

/** Fills the hole by diffusion alone. */
export function smooth ({ width, height, data, hole }: Canvas): void {
  const membrane = createMembrane(width, height)
  membrane.kind.set(hole.map(mark => mark === 1 ? free : fixed))
  membrane.values.set(data)
  diffuse(membrane)
  for (let n = 0; n < data.length; n++) data[n] = Math.round(membrane.values[n])
}
