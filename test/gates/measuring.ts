import { makeCases } from './cases.ts'
import { figuresOf, judge, type Gate } from './judging.ts'
import type { Figures } from '../../core/imaging/gate-figures.ts'

/** A result of a set, what refused it, and what was measured of it. */
export interface Measured {
  readonly name: string
  readonly operation: string
  readonly gate: Gate | undefined
  readonly refusedBy: Gate | undefined
  readonly figures: Figures | undefined
}

/** The two hundred good and two hundred bad results of a seed, or those of them that are wanted. */
export async function measureCases (seed: number, isWanted?: (index: number) => boolean): Promise<Measured[]> {
  const measured: Measured[] = []
  for await (const instance of makeCases(seed, isWanted)) {
    const { name, gate, request: { operation = 'general_edit' } } = instance
    const { gate: refusedBy } = await judge(instance)
    const isImage = gate !== 'damaged' && gate !== 'limits'
    measured.push({ name, operation, gate, refusedBy, figures: isImage ? await figuresOf(instance) : undefined })
  }
  return measured
}

const shown = ['contrast', 'distance', 'prominence', 'clear'] as const

/** What the gates made of them, for people: how many of either kind, which were wrong, and how far the figures of the kinds are apart. */
export function reportLines (measured: readonly Measured[], seed: number): string[] {
  const [good, bad] = [measured.filter(({ gate }) => gate === undefined), measured.filter(({ gate }) => gate !== undefined)]
  const [refused, passed] = [good.filter(({ refusedBy }) => refusedBy !== undefined), bad.filter(({ refusedBy }) => refusedBy === undefined)]
  const gates = Map.groupBy(bad, ({ gate }) => gate)
  return [
    `Gates (seed ${seed}): of ${good.length} good results ${refused.length} are refused, of ${bad.length} bad ones ${passed.length} pass`,
    ...[...gates].map(([gate, group]) => `  ${gate}: ${group.filter(({ refusedBy }) => refusedBy !== undefined).length} of ${group.length} are refused`),
    ...shown.flatMap(name => [figureLine('good', name, good), figureLine('bad', name, bad)]),
    ...measured.filter(({ gate, refusedBy }) => gate !== refusedBy)
      .map(({ name, operation, gate, refusedBy }) => `  wrong: ${name} (${operation}): ${gate ?? 'good'}, and ${refusedBy === undefined ? 'passed' : `was refused as ${refusedBy}`}`)
  ]
}

/** The values that are nearest to the other kind. */
function figureLine (kind: 'good' | 'bad', figure: typeof shown[number], of: readonly Measured[]): string {
  const values = of.filter(one => isToldBy(one, figure)).flatMap(({ figures }) => figures?.[figure] ?? []).toSorted((a, b) => a - b)
  // An erased even area is the one good result whose figure is to be low.
  const isLow = (kind === 'good') !== (figure === 'prominence')
  const nearest = isLow ? values.slice(0, 4) : values.slice(-4).reverse()
  const text = (value = NaN) => value.toFixed(4)
  return `  ${figure}, ${kind}: ${values.length}, median ${text(values[values.length >> 1])}, nearest ${nearest.map(text).join(' ')}`
}

/** Does a figure decide on such a result? */
function isToldBy ({ name, gate, operation }: Measured, figure: typeof shown[number]): boolean {
  const isEven = name === 'an even area is erased'
  if (figure === 'prominence') return isEven || gate === 'unchanged'
  if (figure === 'distance') return !isEven && (gate === undefined || gate === 'unchanged')
  if (figure === 'contrast') return gate === undefined || gate === 'blank'
  return operation === 'remove_background' && (gate === undefined || gate === 'transparency')
}
