import type { ModelCard } from './model-card.ts'
import type { Candidate } from './planner.ts'
import type { Adaptation, EditRequest } from './request.ts'

/** How many results each call is asked for: as few calls as the card allows. */
function sharesOf (count: number, { outputs: { maxImages = 1 } }: ModelCard): number[] {
  return Array.from({ length: Math.ceil(count / maxImages) }, (_, index) => Math.min(maxImages, count - index * maxImages))
}

/** The calls that together make what a candidate is to make: each a candidate of its own, with its share of results, price and seeds. */
export function callsOf (candidate: Candidate): [Candidate, ...Candidate[]] {
  const { request, asked, costUsd: { min, max }, parameters, offer: { card } } = candidate
  const { count } = request
  let before = 0
  const calls = sharesOf(count, card).map(share => {
    const part = share / count
    const call = {
      ...candidate,
      request: { ...request, count: share },
      asked: { ...asked, count: share },
      costUsd: { min: roundUsd(min * part), max: roundUsd(max * part) },
      parameters: shiftSeed(parameters, card, before)
    }
    before += share
    return call
  })
  return calls as [Candidate, ...Candidate[]] // A request is for one result at least.
}

/** What a plan says of a request for several results. */
export function planCalls ({ count }: EditRequest, card: ModelCard, parameters: EditRequest['parameters']): Adaptation[] {
  if (count === 1) return []
  let before = 0
  const seeds = sharesOf(count, card).map(share => {
    const { seed } = shiftSeed(parameters, card, before)
    before += share
    return seed
  })
  const calls = seeds.length === 1 ? 'one call' : `${seeds.length} calls`
  const differ = new Set(seeds).size > 1 ? `, with the seeds ${seeds.join(', ')}` : ''
  return [{ kind: 'count', detail: `${count} results are asked for in ${calls}${differ}` }]
}

/**
 * With one seed for all of them, all calls would make the same picture: each gets as many more as there are results before it,
 * and goes on from the least one after the greatest. The card's default stays: it stands for no seed.
 */
function shiftSeed (parameters: EditRequest['parameters'], { parameters: { seed: rule } }: ModelCard, before: number): EditRequest['parameters'] {
  const { seed } = parameters
  if (typeof seed !== 'number' || rule === undefined || rule.values !== undefined || seed === rule.default) return parameters
  const { minimum = 0, maximum = Infinity } = rule
  const least = Math.max(0, minimum)
  const shifted = seed + before
  const first = least === rule.default ? least + 1 : least
  return { ...parameters, seed: shifted > maximum ? first + shifted - maximum - 1 : shifted }
}

/** USD without the noise of binary fractions. */
export function roundUsd (usd: number): number {
  return Math.round(usd * 1e9) / 1e9
}
