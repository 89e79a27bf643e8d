import { isBodyFile } from '../_http/body-file.ts'

/**
 * What is wrong with one field, in the form and the words of Pydantic: deployed clients know these.
 * `loc` is the way to the field, `input` what was sent there, shortened.
 */
export interface Issue {
  readonly type: IssueType
  readonly loc: ReadonlyArray<string | number>
  readonly msg: string
  readonly input: unknown
  readonly ctx?: Readonly<Record<string, unknown>>
}

// Names in braces are filled in from the context.
const messages = {
  missing: 'Field required',
  literal_error: 'Input should be {expected}',
  string_type: 'Input should be a valid string',
  string_unicode: 'Input should be a valid string, unable to parse raw data as a unicode string',
  int_type: 'Input should be a valid integer',
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  int_from_float: 'Input should be a valid integer, got a number with a fractional part',
  float_type: 'Input should be a valid number',
  float_parsing: 'Input should be a valid number, unable to parse string as a number',
  finite_number: 'Input should be a finite number',
  bool_type: 'Input should be a valid boolean',
  list_type: 'Input should be a valid list',
  too_short: 'List should have at least {min_length} item after validation, not {actual_length}',
  too_long: 'List should have at most {max_length} items after validation, not {actual_length}',
  greater_than_equal: 'Input should be greater than or equal to {ge}',
  less_than_equal: 'Input should be less than or equal to {le}',
  dict_type: 'Input should be a valid dictionary',
  model_attributes_type: 'Input should be a valid dictionary or object to extract fields from',
  value_error: 'Value error, {error}',
  json_invalid: 'JSON decode error'
} as const

export type IssueType = keyof typeof messages

export function issue (type: IssueType, loc: Issue['loc'], input: unknown, ctx?: Record<string, unknown>): Issue {
  const msg = messages[type].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(ctx?.[name]))
  return { type, loc, msg, input: preview(input), ...ctx && { ctx } }
}

/** "'a', 'b' or 'c'" */
export function alternatives (values: readonly string[]): string {
  const quoted = values.map(value => `'${value}'`)
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter(Boolean).join(' or ')
}

const longestText = 100
const mostEntries = 20
const deepest = 3

/** An input as an answer may show it: never a whole image, nor a structure without end. */
function preview (value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return shorten(value)
  if (isBodyFile(value)) return shorten(value.preview(longestText + 1))
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '…'
  if (Array.isArray(value)) return value.slice(0, mostEntries).map(entry => preview(entry, depth + 1))
  return Object.fromEntries(Object.entries(value).slice(0, mostEntries).map(([key, entry]) => [shorten(key), preview(entry, depth + 1)]))
}

function shorten (text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}
