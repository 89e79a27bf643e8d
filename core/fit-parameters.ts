import type { ModelCard, ParameterRule } from './model-card.ts'
import type { EditRequest, Json, RouteWish } from './request.ts'

/**
 * Parameters that reach the model, the names of those that do not, and, if there is one, what the model takes instead of an
 * illegal value. Dropping is the rule for what a model lacks, but not for a value out of its range.
 */
export function sortParameters (sent: EditRequest['parameters'], rules: ModelCard['parameters'], unsupported?: RouteWish['unsupported']): {
  parameters: Record<string, Json>, dropped: string[], illegal?: string
} {
  const parameters: Record<string, Json> = {}
  const dropped: string[] = []
  for (const [name, value] of Object.entries(sent)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule !== undefined && isLegal(value, rule)) parameters[name] = value
    else if (rule === undefined ? unsupported !== 'reject' : unsupported === 'drop') dropped.push(name)
    else return { parameters, dropped, illegal: rule === undefined ? `has no parameter ${name}` : `takes ${name} as ${describe(rule)}` }
  }
  return { parameters, dropped }
}

function isLegal (value: Json, rule: ParameterRule): boolean {
  if (rule.values !== undefined && !rule.values.some(legal => legal === value)) return false
  if (rule.type === 'boolean') return typeof value === 'boolean'
  if (rule.type === 'string') return typeof value === 'string' && value.length <= (rule.maxLength ?? Infinity)
  return typeof value === 'number' && (rule.type === 'number' || Number.isInteger(value)) &&
    value >= (rule.minimum ?? -Infinity) && value <= (rule.maximum ?? Infinity)
}

function describe ({ type, minimum, maximum, maxLength, values }: ParameterRule): string {
  if (values !== undefined) return `one of ${values.join(', ')}`
  if (maxLength !== undefined) return `${type} of up to ${maxLength} characters`
  return `${type}${minimum === undefined ? '' : ` from ${minimum}`}${maximum === undefined ? '' : ` up to ${maximum}`}`
}
