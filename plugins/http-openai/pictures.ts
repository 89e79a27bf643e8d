import type { Edits, SentPicture } from '../../core/index.ts'
import { invalidValue, Refusal, shown } from './refusal.ts'
import { isAbsent, isFile, isList, isObject, type Sent, type SentFields } from './sent.ts'

export interface Pictures {
  readonly images: readonly SentPicture[]
  /** The caller's name of all of them, and of each. */
  readonly field: 'image' | 'images'
  readonly names: readonly string[]
  readonly mask?: SentPicture | undefined
  readonly background?: SentPicture | undefined
  readonly lighting?: SentPicture | undefined
}

const mostImages = 16

/**
 * The images of a request: files of a form, data URLs, or addresses, which stay so.
 * @throws {Refusal} for what holds no image, naming the parameter
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID for what is no base64
 */
export function readPictures (sent: SentFields, { decodeBase64 }: Pick<Edits, 'decodeBase64'>): Pictures {
  const field = isAbsent(sent.images) ? 'image' : 'images'
  if (field === 'images' && !isAbsent(sent.image)) throw invalidValue('images', "Send 'image' or 'images', not both.")
  const value = sent[field]
  const list = isAbsent(value) ? [] : isList(value) ? value : [value]
  if (list.length > mostImages) throw invalidValue(field, `Invalid '${field}': expected at most ${mostImages} images, but got ${list.length}.`)
  const nameOf = (index: number) => list.length === 1 ? field : `${field}[${index}]`
  const images = list.map((entry, index) => readPicture(entry, nameOf(index), decodeBase64))
  const optional = (name: string) => isAbsent(sent[name]) ? undefined : readPicture(sent[name], name, decodeBase64)
  return {
    field,
    names: list.map((_, index) => nameOf(index)),
    images,
    mask: optional('mask'),
    background: optional('background_image'),
    lighting: optional('lighting_image')
  }
}

function readPicture (value: Sent | undefined, name: string, decodeBase64: Edits['decodeBase64']): SentPicture {
  if (isList(value)) throw invalidValue(name, `'${name}' takes one image, but ${value.length} were sent.`)
  if (!isObject(value)) return decode(value, name, decodeBase64)
  if (!isAbsent(value.file_id)) throw invalidValue(name, `'${name}.file_id': there is no store of files here; send the image itself, as image_url with a data URL or as a file of a form.`)
  const unknown = Object.keys(value).find(key => key !== 'image_url' && key !== 'file_id')
  if (unknown !== undefined) throw new Refusal(`Unknown parameter: '${name}.${shown(unknown)}'.`, { param: `${name}.${shown(unknown)}`, code: 'unknown_parameter' })
  if (isAbsent(value.image_url)) throw new Refusal(`Missing required parameter: '${name}.image_url'.`, { param: `${name}.image_url`, code: 'missing_required_parameter' })
  return decode(value.image_url, `${name}.image_url`, decodeBase64)
}

function decode (value: Sent | undefined, name: string, decodeBase64: Edits['decodeBase64']): SentPicture {
  if (isFile(value)) return value.bytes(name)
  const text = typeof value === 'string' ? value.trimStart() : ''
  if (/^data:/i.test(text)) return decodeBase64(text, name)
  if (/^https?:/i.test(text)) return { url: text, field: name }
  throw invalidValue(name, `'${name}' holds no image: send a file, or a data URL (data:image/png;base64,…).`)
}
