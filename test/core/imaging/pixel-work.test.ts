import t from 'tap'
import { transferableSymbol, valueSymbol } from 'piscina'
import { shape } from '../../../core/imaging/pixel-work.ts'

t.test('an answer names the buffers that are to be moved', async t => {
  const answer: object = await shape({ mask: { pixels: Uint8Array.of(0, 7), width: 2, height: 1 }, grow: 1, feather: 0 })
  const value = Reflect.get(answer, valueSymbol)
  t.same(value, [7, 7])
  t.same(Reflect.get(answer, transferableSymbol), [value.buffer])
})
