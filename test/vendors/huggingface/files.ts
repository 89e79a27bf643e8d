import { randomUUID } from 'node:crypto'
import { bytesAnswer, jsonAnswer } from '../answer.ts'
import { createEmulator, type Emulator } from '../emulator.ts'
import type { Rendered } from './pictures.ts'

/** Where the providers keep their results: a host of its own, that nobody's token must get to. */
export interface Files {
  readonly emulator: Emulator
  /** Keeps a file. Returns its address, which is signed. */
  add (file: Rendered): string
}

export function createFiles (): Files {
  const files = new Map<string, Rendered>()
  const emulator = createEmulator()
  emulator.route('GET', '/files/:name', ({ call: { headers, query }, params: { name = '' } }) => {
    if (headers.authorization !== undefined) return jsonAnswer(400, { error: 'a token was sent to a stranger' })
    const file = files.get(name)
    if (file === undefined || query.signature !== signatureOf(name)) return jsonAnswer(403, { error: 'no such file, or not signed' })
    return bytesAnswer(200, file.mediaType, file.bytes)
  })
  return {
    emulator,
    add (file) {
      const name = `${randomUUID()}.${file.mediaType.replace('image/', '')}`
      files.set(name, file)
      return `${emulator.url}/files/${name}?signature=${signatureOf(name)}`
    }
  }
}

function signatureOf (name: string): string {
  return name.slice(0, 8).toUpperCase()
}
