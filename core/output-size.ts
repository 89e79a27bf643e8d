import type { ProviderOutput } from './contract.ts'
import type { SizeRule } from './model-card.ts'
import type { Adaptation } from './request.ts'

interface Size { readonly width: number, readonly height: number }

/** Chooses what to ask a model for, so that its result comes nearest to a size. Every difference is an adaptation. */
export function fitSize ({ width, height }: Size, rule: SizeRule): {
  size: Pick<ProviderOutput, 'width' | 'height' | 'aspectRatio' | 'resolution'>, adaptations: Adaptation[]
} {
  if (rule.rule === 'exact') {
    const size = nearestSize({ width, height }, rule)
    const same = size.width === width && size.height === height
    return {
      size,
      adaptations: same ? [] : [{ kind: 'size', detail: `${width}×${height} is asked for as ${size.width}×${size.height}` }]
    }
  }
  if (rule.rule === 'ratio') {
    const aspectRatio = nearestRatio(width / height, rule.ratios)
    const resolution = sufficientResolution(Math.max(width, height), rule.resolutions)
    return {
      size: { aspectRatio, ...resolution === undefined ? {} : { resolution } },
      adaptations: [
        // A shape that whole pixels cannot have any better is that shape.
        ...Math.abs(width - height * valueOf(aspectRatio)) < 1
          ? []
          : [{ kind: 'aspect_ratio' as const, detail: `${width}×${height} is asked for as ${aspectRatio}` }],
        ...resolution === undefined ? [] : [{ kind: 'resolution' as const, detail: `${width}×${height} is asked for in ${resolution}` }]
      ]
    }
  }
  return { size: {}, adaptations: [] }
}

/** Scales into the legal sides keeping the ratio as far as they let it, and rounds to the step. */
function nearestSize ({ width, height }: Size, { minSide, maxSide, step = 1 }: Extract<SizeRule, { rule: 'exact' }>): Size {
  const grown = Math.max(1, minSide / Math.min(width, height))
  const scale = Math.min(grown, maxSide / Math.max(width, height))
  const legal = (side: number) => {
    const rounded = Math.round(side * scale / step) * step
    return Math.min(Math.floor(maxSide / step) * step, Math.max(Math.ceil(minSide / step) * step, rounded))
  }
  return { width: legal(width), height: legal(height) }
}

function nearestRatio (ratio: number, ratios: readonly string[]): string {
  const distance = (name: string) => Math.abs(Math.log(valueOf(name) / ratio))
  return ratios.reduce((best, name) => distance(name) < distance(best) ? name : best)
}

function valueOf (ratio: string): number {
  const [width = 1, height = 1] = ratio.split(':').map(Number)
  return width / height
}

/** The smallest resolution that is larger than the longest side, else the largest there is. */
function sufficientResolution (longest: number, resolutions: Readonly<Record<string, number>>): string | undefined {
  const ascending = Object.entries(resolutions).toSorted(([, a], [, b]) => a - b)
  return (ascending.find(([, side]) => longest < side) ?? ascending.at(-1))?.[0]
}
