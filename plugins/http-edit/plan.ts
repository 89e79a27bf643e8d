import type { Candidate, Plan } from '../../core/index.ts'
import { roundUsd } from '../_http/usd.ts'
import { wireSkipped } from '../_http/trail.ts'

/**
 * What `POST /edit/plan` answers: who would be asked, in which order, with what would be done to the request for each of
 * them, and who would not, with the reason.
 * @param warnings of this API, before the kernel's
 */
export function wirePlan ({ candidates, rejected, warnings: ofRoute }: Plan, warnings: readonly string[]) {
  // What was done to the images on their way in is the same for all.
  const ofInput = candidates[0]?.request.warnings ?? []
  return {
    candidates: candidates.map(wireCandidate),
    rejected: wireSkipped(rejected),
    warnings: [...warnings, ...ofInput, ...ofRoute]
  }
}

function wireCandidate ({ offer: { provider }, model, adaptations, dropped, emulation, costUsd: { min, max }, expectedSeconds }: Candidate) {
  return {
    provider,
    model,
    adaptations: adaptations.map(({ kind, detail }) => ({ kind, detail })),
    dropped,
    emulated: emulation !== undefined,
    emulation: emulation?.detail ?? null,
    cost_usd: { min: roundUsd(min), max: roundUsd(max) },
    expected_seconds: expectedSeconds
  }
}
