import { pino } from 'pino'
import t from 'tap'
import type { EditedImage } from '../../../core/index.ts'
import { keepImages } from '../../../plugins/_http/keep.ts'

const images: EditedImage[] = ['a', 'b'].map(text => ({ bytes: Buffer.from(text), mediaType: 'image/png', width: 1, height: 1 }))
type Request = Parameters<typeof keepImages>[1]
const requestWith = (lines: string[]) => ({ log: pino({ level: 'error' }, { write: line => lines.push(line) }) }) as unknown as Request // Nothing else of it is looked at.

t.test('each image has its address', async t => {
  const lines: string[] = []
  const results = { keep: async (bytes: Uint8Array, mediaType: string) => `${Buffer.from(bytes).toString()} ${mediaType}` }
  t.same(await keepImages({ results }, requestWith(lines), images), ['a image/png', 'b image/png'])
  t.same(lines, [])
})

t.test('one that cannot be kept has none, and the log says why', async t => {
  const lines: string[] = []
  const results = {
    keep: async (bytes: Uint8Array) => {
      if (Buffer.from(bytes).toString() === 'a') throw new Error('the disk is full')
      return 'b'
    }
  }
  t.same(await keepImages({ results }, requestWith(lines), images), [undefined, 'b'])
  t.match(lines[0], 'the disk is full')
})

t.test('without the service that keeps results none has', async t => {
  t.same(await keepImages({}, requestWith([]), images), [undefined, undefined])
})
