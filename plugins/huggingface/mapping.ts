import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Upstream } from '../../core/index.ts'
import type { EditErrorClass } from './errors.ts'

/** The providers behind the router that edit images. */
export const strategyNames = ['fal-ai', 'replicate', 'wavespeed', 'together', 'hf-inference'] as const
export type StrategyName = typeof strategyNames[number]

/** How a model of the Hub is reached. */
export interface Route {
  /** On the Hub. */
  readonly model: string
  readonly provider: StrategyName
  /** The provider's name of the model. */
  readonly providerId: string
  /** For test purposes only, by the mapping. */
  readonly staging: boolean
  /** The model is an adapter of another one: the repository with its weights, and their path in there. */
  readonly lora?: { readonly model: string, readonly weights: string }
}

/** One way in which a model is served. What does not fit is passed over: the Hub lists many providers and tasks. */
const Entry = Type.Object({
  provider: Type.String(),
  hfModelId: Type.Optional(Type.String()),
  // It becomes part of a path.
  providerId: Type.String({ pattern: '^[A-Za-z0-9_][\\w.-]*(/[A-Za-z0-9_][\\w.-]*)*(:[\\w.-]+)?$', maxLength: 300 }),
  status: Type.String(),
  task: Type.String(),
  adapter: Type.Optional(Type.String()),
  adapterWeightsPath: Type.Optional(Type.String())
})
type Entry = Static<typeof Entry>

const Model = Type.Object({
  inferenceProviderMapping: Type.Optional(Type.Union([Type.Array(Type.Unknown()), Type.Record(Type.String(), Type.Unknown()), Type.Null()]))
})

// The Hub's own rule for names (huggingface_hub, validate_repo_id), without its "--" and "..": no segment begins with a dot.
const repository = /^[A-Za-z0-9_][\w.-]{0,95}(\/[A-Za-z0-9_][\w.-]{0,95})?$/

const task = 'image-to-image'
// Somebody may be about to serve it; and callers may invent as many names as they like.
const shortestMs = 60_000
const maxModels = 500

/** How a model is reached, or why it is not. */
type Finding = { readonly route: Route } | { readonly reason: string }

export interface MappingOptions {
  readonly hub: Pick<Upstream, 'get'>
  readonly EditError: EditErrorClass
  /** `auto`: the first of the mapping's order, which is that of the token's user. */
  readonly provider: StrategyName | 'auto'
  /** How long an answer is believed, milliseconds. */
  readonly cacheMs: number
  /** Milliseconds, on any clock. */
  readonly now?: () => number
}

export interface Mapping {
  /**
   * Which provider serves a model, and under which name. Costs nothing.
   * @throws {EditError} EDIT_ERR_PROVIDER_UNSUPPORTED when none that is known here does; else what became of the question
   */
  find (model: string, signal: AbortSignal): Promise<Route>
}

export function createMapping ({ hub, EditError, provider, cacheMs, now = () => performance.now() }: MappingOptions): Mapping {
  const known = new Map<string, { readonly finding: Finding, readonly until: number }>()

  async function ask (model: string, signal: AbortSignal): Promise<Finding> {
    try {
      const { json } = await hub.get(`/api/models/${model}`, { signal, query: { 'expand[]': 'inferenceProviderMapping' } })
      if (Value.Check(Model, json)) return choose(model, entriesOf(json), provider)
    } catch (err) {
      if (!(err instanceof EditError) || err.code !== 'EDIT_ERR_PROVIDER_UNSUPPORTED') throw err
      return { reason: `the Hugging Face Hub does not have the model ${model}` }
    }
    throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the Hugging Face Hub answered without a model', { billed: 'no' })
  }

  function remember (model: string, finding: Finding): void {
    // The oldest makes room: a Map keeps the order of insertion.
    const [oldest] = known.keys()
    known.delete(model)
    if (known.size >= maxModels && oldest !== undefined) known.delete(oldest)
    known.set(model, { finding, until: now() + ('route' in finding ? cacheMs : Math.min(cacheMs, shortestMs)) })
  }

  async function look (model: string, signal: AbortSignal): Promise<Finding> {
    const entry = known.get(model)
    if (entry !== undefined && now() < entry.until) return entry.finding
    try {
      const finding = await ask(model, signal)
      remember(model, finding)
      return finding
    } catch (err) {
      // While the Hub is away, whoever served the model a while ago most likely still does.
      if (err instanceof EditError && entry !== undefined && 'route' in entry.finding) return entry.finding
      throw err
    }
  }

  return {
    async find (model, signal) {
      const finding = repository.test(model) ? await look(model, signal) : { reason: `${model.slice(0, 200)} is no name of a model on the Hugging Face Hub` }
      if ('route' in finding) return finding.route
      throw new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', finding.reason)
    }
  }
}

/** The mapping comes as a list, or as an object by provider. */
function entriesOf ({ inferenceProviderMapping: mapping }: Static<typeof Model>): Entry[] {
  const items: unknown[] = Array.isArray(mapping)
    ? mapping
    : Object.entries(mapping ?? {}).map(([provider, entry]) => typeof entry === 'object' ? { ...entry, provider } : entry)
  return items.filter(item => Value.Check(Entry, item))
}

function choose (model: string, entries: readonly Entry[], wanted: StrategyName | 'auto'): Finding {
  if (entries.length === 0) return { reason: `no Inference Provider of Hugging Face serves ${model}` }
  const editing = entries.filter(entry => entry.task === task)
  if (editing.length === 0) return { reason: `${model} does ${entries[0]?.task} at Hugging Face, not ${task}` }
  const routes = editing.flatMap(entry => {
    const name = strategyNames.find(name => name === entry.provider)
    return name === undefined ? [] : [{ entry, route: routeOf(model, name, entry) }]
  })
  // Staging is "for test purposes only": used where the operator names the provider, and said in the answer.
  const chosen = routes.find(({ entry, route }) => wanted === 'auto' ? entry.status === 'live' : route.provider === wanted)
  if (chosen !== undefined) return { route: chosen.route }
  const others = editing.map(entry => `${entry.provider} (${entry.status})`).join(', ')
  return { reason: `${model} is not served by ${wanted === 'auto' ? 'a provider that can be used here' : wanted}, but by ${others}` }
}

function routeOf (model: string, provider: StrategyName, { providerId, hfModelId = model, status, adapter, adapterWeightsPath }: Entry): Route {
  return {
    model,
    provider,
    providerId,
    staging: status !== 'live',
    ...adapter === 'lora' && adapterWeightsPath !== undefined && { lora: { model: hfModelId, weights: adapterWeightsPath } }
  }
}
