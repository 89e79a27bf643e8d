import { readBase64 } from '../../../core/imaging/base64-reader.ts'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { EditError } from '../../../core/errors.ts'
import { readImagePaths } from '../../../plugins/http-body/image-paths.ts'
import { readImageText } from '../../../plugins/http-body/image-text.ts'
import { scanJson } from '../../../plugins/http-body/json-scanner.ts'
import { BodyRefusal } from '../../../plugins/http-body/refusal.ts'
import { createRoom } from '../../../plugins/http-body/room.ts'
import type { BodyFile, BodyValue } from '../../../plugins/http-body/types.ts'

export const isFile = (value: unknown): value is BodyFile =>
  typeof value === 'object' && value !== null && 'bytes' in value && typeof value.bytes === 'function'

/** A JSON text in pieces that end at these places, as the scanner reads it. */
export function scan (body: Buffer, images: readonly string[], cuts: readonly number[] = []): BodyValue | undefined {
  const room = createRoom(undefined)
  const scanner = scanJson(readImagePaths(images), () => readImageText(readBase64(room)))
  let at = 0
  for (const end of [...cuts, body.length]) {
    if (end <= at) continue
    // A copy: nothing may look into the chunk once it has been written.
    const chunk = Buffer.from(body.subarray(at, end))
    scanner.write(chunk)
    chunk.fill(0x2a)
    at = end
  }
  return scanner.end()
}

/** What came out, in a form that can be compared: where images stand, their bytes or their error. */
export function outcomeOf (work: () => BodyValue | undefined, images: readonly string[]): unknown {
  try {
    return { value: decodeAt(work(), images.map(path => path.match(/\[\]|[^.[\]]+/g) ?? [])) }
  } catch (err) {
    if (!(err instanceof BodyRefusal)) throw err
    const { statusCode, message, position } = err
    return { statusCode, message, position }
  }
}

function decodeAt (value: BodyValue | undefined, ways: readonly string[][]): unknown {
  if (isFile(value)) return decoded(() => value.bytes('image'))
  if (typeof value === 'string') return ways.some(way => way.length === 0) ? decoded(() => decodeBase64(Buffer.from(value), 'image')) : value
  const below = (step: string) => ways.filter(([first]) => first === step).map(way => way.slice(1))
  if (Array.isArray(value)) return value.map(entry => decodeAt(entry, below('[]')))
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).map(([name, entry]) => [name, decodeAt(entry, below(name))])
}

function decoded (work: () => Buffer): unknown {
  try {
    return work().toString('latin1')
  } catch (err) {
    if (!(err instanceof EditError)) throw err
    return { message: err.message, details: err.details }
  }
}
