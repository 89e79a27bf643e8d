import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { EditProvider, Submission } from '../../core/index.ts'
import { cards } from './cards.ts'
import type { EditErrorClass } from './errors.ts'
import type { Mapping, StrategyName } from './mapping.ts'
import { createFal } from './strategies/fal-ai.ts'
import { createHfInference } from './strategies/hf-inference.ts'
import { createReplicate } from './strategies/replicate.ts'
import { createTogether } from './strategies/together.ts'
import type { JobStrategy, Step, Strategy, StrategyTools } from './strategies/types.ts'
import { createWavespeed } from './strategies/wavespeed.ts'

const Path = Type.String({ pattern: '^/[^?#]*$' })
const Handle = Type.Object({
  strategy: Type.Union([Type.Literal('fal-ai'), Type.Literal('replicate'), Type.Literal('wavespeed')]),
  job: Type.Object({ id: Type.String(), path: Path, cancelPath: Path }),
  warnings: Type.Array(Type.String())
})

export interface ProviderOptions extends StrategyTools {
  readonly mapping: Mapping
  /** `auto`: whoever the mapping names first. */
  readonly provider: StrategyName | 'auto'
  /** Shortest time between two questions for a job, milliseconds. */
  readonly pollMs: number
}

/** What is known of the provider without its token. */
export const description = { name: 'huggingface', vendor: 'huggingface', models: cards, priority: 50, anyModel: true } as const

/**
 * The Inference Providers of Hugging Face: the mapping says who serves a model, the strategy of that provider speaks its API,
 * and all calls go to the router of Hugging Face.
 */
export function createProvider ({ mapping, provider, pollMs, ...tools }: ProviderOptions): EditProvider {
  const { EditError } = tools
  const withJobs: Readonly<Record<Static<typeof Handle>['strategy'], JobStrategy>> = {
    'fal-ai': createFal(tools),
    replicate: createReplicate(tools),
    wavespeed: createWavespeed(tools)
  }
  const strategies: Readonly<Record<StrategyName, Strategy>> = {
    ...withJobs,
    together: createTogether(tools),
    'hf-inference': createHfInference(tools)
  }
  const submission = (step: Step, strategy: StrategyName, warnings: readonly string[]): Submission => step.state === 'pending'
    ? { state: 'pending', handle: { strategy, job: step.job, warnings }, pollAfterMs: pollMs }
    : { state: 'done', result: { ...step.result, warnings } }

  const reachable = Object.entries(withJobs).filter(([name]) => provider === 'auto' || provider === name).map(([, strategy]) => strategy)

  const poll: EditProvider['poll'] = async (handle, { signal }) => {
    const { strategy, job, warnings } = Value.Parse(Handle, handle)
    try {
      return submission(await withJobs[strategy].poll(job, signal), strategy, warnings)
    } catch (err) {
      throw err instanceof EditError ? afterAcceptance(err, EditError) : err
    }
  }

  const cancel: EditProvider['cancel'] = async (handle, { signal }) => {
    const { strategy, job } = Value.Parse(Handle, handle)
    const stop = withJobs[strategy].cancel
    if (stop === undefined) throw new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', `${strategy} cannot cancel a job`)
    await stop(job, signal)
  }

  return {
    specificationVersion: 'v1',
    ...description,
    keepsNoBytes: true,

    async submit (edit, { signal }) {
      const route = await mapping.find(edit.model, signal)
      const step = await strategies[route.provider].submit(edit, route, signal)
      return submission(step, route.provider, [
        ...route.staging ? [`${route.provider} serves ${edit.model} for test purposes only`] : [],
        ...edit.model === edit.card.id ? [] : [`the cost is that of ${edit.card.id}: Hugging Face does not tell what ${route.provider} takes for ${edit.model}`]
      ])
    },

    ...reachable.length > 0 && { poll },
    ...reachable.some(strategy => strategy.cancel !== undefined) && { cancel }
  }
}

/** The job was accepted, so whatever goes wrong while asking for it, it may be on the bill; one that is not found is lost. */
function afterAcceptance (err: InstanceType<EditErrorClass>, EditError: EditErrorClass): Error {
  const { code, message, details, retryAfterMs, billed } = err
  const lost = code === 'EDIT_ERR_PROVIDER_UNSUPPORTED' && (details.status === 404 || details.status === 410)
  return new EditError(lost ? 'EDIT_ERR_PROVIDER_RESPONSE' : code, message, {
    cause: err, details, billed: billed === 'no' ? 'maybe' : billed, ...retryAfterMs !== undefined && { retryAfterMs }
  })
}
