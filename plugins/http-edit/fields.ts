import type { TProperties, TSchema } from '@sinclair/typebox'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'
import type { BodyFile } from '../_http/body-file.ts'

/** Names that people give to files, and those of the API. */
const fileNames = new Map(Object.entries({
  image: 'image_base64',
  mask: 'mask_base64',
  images: 'images_base64',
  references: 'images_base64',
  background_image: 'background_image_base64',
  lighting_image: 'lighting_image_base64'
}))
const lists = new Set(['images_base64', 'image_urls'])
const repeatable = new Set([...lists, 'fallback'])

/**
 * The request that a form or a query spells out, where everything is text: `true` and `false` are themselves where the schema
 * has a boolean, lists are sent by repeating their name (with or without `[]`), and objects as JSON. All else is the schema's to check.
 * @throws {Refusal} 400 for a name given twice, 422 for what should be JSON and is none
 */
export function readFields (fields: ReadonlyArray<readonly [name: string, value: string | BodyFile]>, properties: TProperties): Record<string, unknown> {
  const body = new Map<string, unknown>()
  for (const [written, sent] of fields) {
    const plain = written.replace(/\[\d*\]$/, '')
    const name = written === 'image[]' ? 'images_base64' : fileNames.get(plain) ?? plain
    if (name === '__proto__') throw new Refusal(400, '"__proto__" is no name for a field')
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    const value = typeof sent === 'string' ? read(name, sent, schema) : sent
    const isList = lists.has(name) || (name === 'fallback' && plain !== written)
    if (!body.has(name)) body.set(name, isList ? [value].flat() : value)
    else if (repeatable.has(name)) body.set(name, [body.get(name), value].flat())
    else throw new Refusal(400, `${JSON.stringify(written)} is given twice`)
  }
  return Object.fromEntries(body)
}

function read (name: string, text: string, schema: TSchema | undefined): unknown {
  if (schema?.type === 'boolean' && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  const isJson = schema?.type === 'object' || (schema?.anyOf !== undefined && text.startsWith('['))
  if (!isJson || text === '') return text
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(422, [issue('value_error', ['body', name], text, { error: 'it must be JSON' })])
  }
}
