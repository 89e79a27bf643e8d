import type { Json, Offer } from '../../core/index.ts'
import { invalidValue, Refusal, shown } from './refusal.ts'
import { isAbsent, isFile, isList, isObject, type Sent, type SentFields } from './sent.ts'
import { numberOf } from './wishes.ts'

/** Fields that hold further fields. */
const holders = ['provider_options', 'options']

/**
 * Takes what stands in `provider_options` and `options` out of them: fields of this API to their places, the rest as parameters
 * of models.
 * @throws {Refusal} when a field is given in both places
 */
export function spreadOptions (sent: SentFields, isField: (name: string) => boolean): { fields: SentFields, options: SentFields } {
  const fields = Object.fromEntries(Object.entries(sent).filter(([name]) => !holders.includes(name)))
  const options: Record<string, Sent> = {}
  for (const holder of holders) {
    const inner = sent[holder]
    if (isAbsent(inner)) continue
    if (!isObject(inner)) throw new Refusal(`Invalid type for '${holder}': expected an object.`, { param: holder, code: 'invalid_type' })
    for (const [name, value] of Object.entries(inner)) {
      if (isAbsent(value)) continue
      const place = isField(name) ? fields : options
      if (!isAbsent(place[name])) throw invalidValue(`${holder}.${shown(name)}`, `'${shown(name)}' is given twice.`)
      place[name] = value
    }
  }
  return { fields, options }
}

/**
 * Parameters of models, by the types that the models' cards give them: in a form everything is text.
 * @throws {Refusal} for a text that no model with such a parameter could take
 */
export function typedOptions (options: SentFields, offers: readonly Offer[]): Record<string, Json> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => {
    const rules = offers.flatMap(({ card: { parameters } }) => Object.entries(parameters).filter(([known]) => known === name).map(([, rule]) => rule.type))
    return [name, typeof value !== 'string' || rules.length === 0 || rules.includes('string') ? jsonOf(value, name) : typed(value, name, rules)]
  }))
}

function typed (text: string, name: string, types: readonly string[]): Json {
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  const number = types.includes('integer') || types.includes('number') ? numberOf(text) : undefined
  if (number === undefined) throw new Refusal(`Invalid type for '${name}': expected ${[...new Set(types)].join(' or ')}, but got '${shown(text)}' instead.`, { param: name, code: 'invalid_type' })
  return number
}

function jsonOf (value: Sent, name: string): Json {
  if (isFile(value)) throw invalidValue(name, `'${shown(name)}' takes no file.`)
  if (isList(value)) return value.map(entry => jsonOf(entry, name))
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonOf(inner, name)]))
  return value
}
