import t from 'tap'
import { wordsOf } from '../../../core/imaging/words.ts'

t.test('four bytes are a word, the first one lowest, and what is left of one is none', t => {
  t.same(wordsOf({ data: Uint8Array.of(1, 2, 3, 4, 255, 255, 255, 255, 9) }), [0x04030201, -1])
  t.same(wordsOf({ data: new Uint8Array() }), [])
  t.end()
})

t.test('neither 16 bits a channel nor memory that begins within a word has any', t => {
  t.equal(wordsOf({ data: new Uint16Array(4) }), undefined)
  t.equal(wordsOf({ data: new Uint8Array(8).subarray(1) }), undefined)
  t.end()
})
