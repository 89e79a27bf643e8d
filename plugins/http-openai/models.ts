import type { Edits, Offer } from '../../core/index.ts'
import { auto, knownNames, resolveName, type Aliases } from './model-names.ts'
import { Refusal, shown } from './refusal.ts'

export interface ModelsOptions {
  readonly edits: Pick<Edits, 'offers'>
  readonly aliases: Aliases
  /** When the service began: models are no older to those who ask it. Seconds since the epoch. */
  readonly created: number
}

/** What `GET /v1/models` answers: every name that a request may give as its model. */
export function listModels (options: ModelsOptions) {
  return { object: 'list', data: knownNames(options.edits, options.aliases).map(name => getModel(name, options)) }
}

/** What `GET /v1/models/{id}` answers; the id may be `provider/model` too. @throws {Refusal} 404 */
export function getModel (name: string, { edits, aliases, created }: ModelsOptions) {
  const target = resolveName(name, edits, aliases)
  if (target === undefined) throw new Refusal(`The model '${shown(name)}' does not exist.`, { statusCode: 404, param: 'model', code: 'model_not_found' })
  const offers = target.model === undefined ? [] : offersOf(target.model, target.provider, edits.offers())
  const [first] = offers
  return {
    id: name,
    object: 'model',
    created,
    owned_by: first?.vendor ?? 'retouch',
    retouch: first === undefined
      ? { stands_for: auto }
      : {
          ...name === target.model ? {} : { stands_for: target.provider === undefined ? target.model : `${target.provider}/${target.model}` },
          name: first.card.name,
          description: first.card.description,
          providers: offers.map(({ provider }) => provider),
          operations: first.card.operations,
          available: offers.some(({ unconfigured }) => unconfigured === null)
        }
  }
}

/** Of one that no card lists, who takes any model. */
function offersOf (model: string, provider: string | undefined, all: readonly Offer[]): readonly Offer[] {
  const within = provider === undefined ? all : all.filter(offer => offer.provider === provider)
  const listed = within.filter(({ card }) => card.id === model)
  return listed.length > 0 ? listed : within.filter(({ anyModel }) => anyModel)
}
