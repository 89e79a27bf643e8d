import { deflateSync } from 'node:zlib'
import t from 'tap'
import { createAdler } from '../../../core/imaging/adler.ts'

t.test('the sum is zlib\'s, in as many pieces as it comes', async t => {
  for (const length of [0, 1, 4095, 4096, 4097, 100_000]) {
    const bytes = new Uint8Array(length).fill(255)
    const adler = createAdler()
    adler.add(bytes.subarray(0, 5000))
    adler.add(bytes.subarray(5000))
    t.same(Buffer.from(adler.digest()), deflateSync(bytes).subarray(-4), `${length}`)
  }
})
