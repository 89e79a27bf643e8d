import type { Edits, RouteWish } from '../../core/index.ts'
import { invalidValue, listed, shown } from './refusal.ts'

/** Names that the operator gives to models: of OpenAI's, say. */
export type Aliases = Readonly<Record<string, string>>

type Named = Pick<RouteWish, 'provider' | 'model'>

/** Leaves the choice to the configured order. */
export const auto = 'auto'

/** Every name that callers may use but `provider/model`, the operator's first. */
export function knownNames ({ offers }: Pick<Edits, 'offers'>, aliases: Aliases): string[] {
  return [...new Set([auto, ...Object.keys(aliases), ...offers().map(({ card }) => card.id)])]
}

/** What a name stands for; undefined = nobody here is called so. */
export function resolveName (name: string, { offers }: Pick<Edits, 'offers'>, aliases: Aliases): Named | undefined {
  const target = Object.hasOwn(aliases, name) ? String(aliases[name]) : name
  if (target === auto) return {}
  const all = offers()
  if (all.some(({ card }) => card.id === target)) return { model: target }
  const owner = all.find(({ provider, card, anyModel }) => target.startsWith(`${provider}/`) && (anyModel || target === `${provider}/${card.id}`))
  return owner && { provider: owner.provider, model: target.slice(owner.provider.length + 1) }
}

/**
 * Where the caller wants the edit done.
 * @throws {Refusal} for a model that is not known, with those that are
 */
export function routeByName ({ model = auto, provider }: { readonly model?: string | undefined, readonly provider?: string | undefined }, edits: Pick<Edits, 'offers'>, aliases: Aliases): Named {
  const named = resolveName(model, edits, aliases)
  // Within a provider that is named the kernel knows best: it may take models that nobody lists.
  if (provider !== undefined) return { ...named ?? { model }, provider }
  if (named !== undefined) return named
  throw invalidValue('model', `Invalid value: '${shown(model)}'. Supported values are: ${listed(knownNames(edits, aliases))}.`)
}

/** @throws {TypeError} when an alias stands for nobody */
export function checkAliases (aliases: Aliases, edits: Pick<Edits, 'offers'>): void {
  for (const [name, target] of Object.entries(aliases)) {
    if (resolveName(target, edits, {}) === undefined) {
      throw new TypeError(`plugins.http-openai.modelAliases.${name}: "${target}" is no model; known: ${knownNames(edits, {}).join(', ')}`)
    }
  }
}
