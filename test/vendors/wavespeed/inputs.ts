import sharp from 'sharp'
import { parseSize, type FieldRule, type Model, type Values } from './models.ts'

export interface Picture {
  readonly bytes: Buffer
  readonly format: string
  readonly width: number
  readonly height: number
}

/** What a create call asks for. It holds to the model's rules if `errors` is empty. */
export interface Inputs {
  /** `field: what is wrong`. */
  readonly errors: string[]
  readonly values: Values
  readonly pictures: readonly Picture[]
  /** For the history: pictures stand there as their addresses, or as `inline`. */
  readonly shown: Readonly<Record<string, unknown>>
  /** For the call log, as text. */
  readonly summary: Readonly<Record<string, string>>
}

/** Finds the file behind an address that the vendor handed out for an upload. */
export type FindUpload = (url: string) => Buffer | undefined

const inline = 'inline'

/** Holds a JSON body against a model's fields; unknown ones are refused, pictures are decoded whole. */
export async function readInputs (body: Buffer, { fields }: Model, findUpload: FindUpload): Promise<Inputs> {
  const json = parse(body)
  if (json === undefined) return { errors: ['body: must be a JSON object'], values: {}, pictures: [], shown: {}, summary: {} }
  const errors = Object.keys(json).filter(name => !Object.hasOwn(fields, name)).map(name => `${name}: unknown field`)
  const values: Record<string, string> = {}
  const shown: Record<string, unknown> = {}
  const summary: Record<string, string> = {}
  const pictures: Picture[] = []
  for (const [name, rule] of Object.entries(fields)) {
    const value = json[name]
    if (rule.kind === 'image' || rule.kind === 'images') {
      const list: unknown[] = Array.isArray(value) ? value : rule.kind === 'image' && value !== undefined ? [value] : []
      const [least, most] = [1, rule.kind === 'image' ? 1 : rule.max]
      if (list.length < least || list.length > most) errors.push(`${name}: must have ${least} to ${most} items`)
      const read = await Promise.all(list.map(item => readPicture(item, findUpload)))
      read.forEach((picture, index) => {
        if (typeof picture === 'string') errors.push(`${name}[${index}]: ${picture}`)
        else pictures.push(picture)
      })
      const addresses = list.map(item => isAddress(item) ? item : inline)
      shown[name] = rule.kind === 'image' ? addresses[0] : addresses
      summary[name] = read.map(picture => typeof picture === 'string' ? '?' : `${picture.format} ${picture.width}×${picture.height}`).join(', ')
    } else if (value === undefined) {
      if (rule.kind === 'text' && rule.required) errors.push(`${name}: is required`)
      if (rule.kind === 'choice' && rule.default !== undefined) values[name] = rule.default
    } else {
      const problem = problemOf(value, rule)
      if (problem !== undefined) errors.push(`${name}: ${problem}`)
      values[name] = summary[name] = String(value)
      shown[name] = value
    }
  }
  return { errors, values, pictures, shown, summary }
}

function parse (body: Buffer): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body.toString())
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.fromEntries(Object.entries(json)) : undefined
  } catch {
    return undefined
  }
}

function problemOf (value: unknown, rule: Exclude<FieldRule, { kind: 'image' | 'images' }>): string | undefined {
  if (rule.kind === 'boolean') return typeof value === 'boolean' ? undefined : 'must be a boolean'
  if (rule.kind === 'number') return numberProblem(value, rule)
  if (typeof value !== 'string') return 'must be a string'
  if (rule.kind === 'choice') return rule.values.includes(value) ? undefined : `must be one of ${rule.values.join(', ')}`
  if (rule.kind === 'text') return value.trim() === '' ? 'must not be empty' : undefined
  const size = parseSize(value)
  if (size === undefined) return 'must be width*height'
  const { min, max, step = 1 } = rule
  const sides = [size.width, size.height]
  if (sides.some(side => side < min || side > max)) return `each side must be between ${min} and ${max}`
  if (sides.some(side => side % step !== 0)) return `each side must be a multiple of ${step}`
}

function numberProblem (value: unknown, { min, max, integer }: Extract<FieldRule, { kind: 'number' }>): string | undefined {
  if (typeof value !== 'number') return 'must be a number'
  if (integer && !Number.isInteger(value)) return 'must be an integer'
  if (value < min || value > max) return `must be between ${min} and ${max}`
}

function isAddress (value: unknown): value is string {
  return typeof value === 'string' && /^https?:/.test(value)
}

/** The picture, or what is wrong with it. What a data URI says of its type is nobody's business. */
async function readPicture (value: unknown, findUpload: FindUpload): Promise<Picture | string> {
  if (typeof value !== 'string') return 'must be a string'
  const bytes = isAddress(value) ? findUpload(value) : decode(value)
  if (bytes === undefined) return isAddress(value) ? 'failed to download the image' : 'must be a URL, a data URI or base64'
  try {
    // Decoded whole: a file that breaks off has a fine header.
    const { format } = await sharp(bytes).metadata()
    const { info: { width, height } } = await sharp(bytes, { failOn: 'error' }).raw().toBuffer({ resolveWithObject: true })
    return { bytes, format, width, height }
  } catch {
    return 'failed to decode the image'
  }
}

function decode (text: string): Buffer | undefined {
  const base64 = text.replace(/^data:image\/(png|jpeg|webp);base64,/, '')
  const bytes = Buffer.from(base64, 'base64')
  // Not a regular expression: megabytes of text would overflow its stack.
  return bytes.length > 0 && bytes.toString('base64') === base64 ? bytes : undefined
}
