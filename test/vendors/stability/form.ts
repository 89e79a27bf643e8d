import sharp from 'sharp'

/** One field of an endpoint's form. Numbers and texts arrive as text parts. */
export type FieldRule =
  | { readonly kind: 'image', readonly required?: boolean, readonly maxPixels?: number, readonly ratio?: boolean }
  | { readonly kind: 'mask' }
  | { readonly kind: 'text', readonly required?: boolean, readonly min?: number }
  | { readonly kind: 'number', readonly min: number, readonly max: number, readonly default: number, readonly integer?: boolean }
  | { readonly kind: 'choice', readonly values: readonly string[] }

export type Fields = Readonly<Record<string, FieldRule>>

export interface Picture {
  readonly bytes: Buffer
  readonly format: string
  readonly width: number
  readonly height: number
  readonly alpha: boolean
}

/** What came in. It holds to the rules if `errors` is empty. */
export interface Form {
  readonly errors: string[]
  readonly pictures: Record<string, Picture>
  readonly texts: Record<string, string>
  /** Defaults filled in. */
  readonly numbers: Record<string, number>
  /** Every part that could be read, for the call log. */
  readonly summary: Record<string, string>
}

const minSide = 64
const minPixels = 4096
const maxPixels = 9_437_184
const maxTextLength = 10_000

/**
 * Reads a multipart body by the rules of an endpoint and collects everything that is wrong with it, as `field: message`.
 * What the vendor leaves open is read strictly: unknown fields, repeated fields and files without content are refused.
 */
export async function readForm (body: Buffer, contentType: string, fields: Fields): Promise<Form> {
  const form: Form = { errors: [], pictures: {}, texts: {}, numbers: {}, summary: {} }
  const parts = await parse(body, contentType)
  if (parts === undefined) {
    form.errors.push('content-type: must be multipart/form-data')
    return form
  }
  for (const name of new Set(parts.keys())) {
    if (!Object.hasOwn(fields, name)) form.errors.push(`${name}: is not allowed`)
    if (parts.getAll(name).length > 1) form.errors.push(`${name}: must be given once`)
  }
  for (const [name, rule] of Object.entries(fields)) {
    const value = parts.get(name)
    const problem = value === null ? absent(name, rule, form) : await take(name, value, rule, form)
    if (problem !== undefined) form.errors.push(`${name}: ${problem}`)
  }
  return form
}

async function parse (body: Buffer, contentType: string): Promise<FormData | undefined> {
  if (!contentType.startsWith('multipart/form-data')) return undefined
  // A body that breaks off or has no boundary is no form.
  return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData().catch(() => undefined)
}

function absent (name: string, rule: FieldRule, form: Form): string | undefined {
  if (rule.kind === 'number') form.numbers[name] = rule.default
  return 'required' in rule && rule.required ? 'is required' : undefined
}

async function take (name: string, value: string | File, rule: FieldRule, form: Form): Promise<string | undefined> {
  if (rule.kind === 'image' || rule.kind === 'mask') {
    if (typeof value === 'string') return 'must be a file'
    const picture = await readPicture(Buffer.from(await value.arrayBuffer()))
    if (picture === undefined) return 'must be an image in one of the formats jpeg, png, webp'
    form.pictures[name] = picture
    form.summary[name] = `${picture.format} ${picture.width}×${picture.height}`
    return rule.kind === 'image' ? pictureProblem(picture, rule) : undefined
  }
  if (typeof value !== 'string') return 'must be a string'
  form.summary[name] = value
  if (rule.kind === 'number') {
    form.numbers[name] = Number(value)
    return numberProblem(value, rule)
  }
  form.texts[name] = value
  if (rule.kind === 'choice') return rule.values.includes(value) ? undefined : `must be one of ${rule.values.join(', ')}`
  const { length } = [...value]
  const { min = 0 } = rule
  return length < min || length > maxTextLength ? `must be between ${min} and ${maxTextLength} characters` : undefined
}

const formats = {
  png: (start: Buffer) => start.toString('hex', 0, 8) === '89504e470d0a1a0a',
  jpeg: (start: Buffer) => start.toString('hex', 0, 3) === 'ffd8ff',
  webp: (start: Buffer) => start.toString('latin1', 0, 4) === 'RIFF' && start.toString('latin1', 8, 12) === 'WEBP'
}

/** By its first bytes: what a part's content-type says is nobody's business. */
async function readPicture (bytes: Buffer): Promise<Picture | undefined> {
  const [format] = Object.entries(formats).find(([, matches]) => matches(bytes)) ?? []
  if (format === undefined) return undefined
  try {
    // Decoded whole: a file that breaks off has a fine header.
    const { info } = await sharp(bytes, { failOn: 'error' }).raw().toBuffer({ resolveWithObject: true })
    return { bytes, format, width: info.width, height: info.height, alpha: info.channels === 4 || info.channels === 2 }
  } catch {
    return undefined
  }
}

function pictureProblem ({ width, height }: Picture, { maxPixels: most = maxPixels, ratio = false }: Extract<FieldRule, { kind: 'image' }>): string | undefined {
  if (Math.min(width, height) < minSide) return `every side must be at least ${minSide} pixels`
  if (width * height < minPixels || width * height > most) return `total pixel count must be between ${minPixels} and ${most} pixels`
  if (ratio && (width / height > 2.5 || height / width > 2.5)) return 'the aspect ratio must be between 1:2.5 and 2.5:1'
}

function numberProblem (text: string, { min, max, integer = false }: Extract<FieldRule, { kind: 'number' }>): string | undefined {
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return 'must be a number'
  const value = Number(text)
  if (integer && !Number.isInteger(value)) return 'must be an integer'
  if (value < min || value > max) return `must be between ${min} and ${max}`
}
