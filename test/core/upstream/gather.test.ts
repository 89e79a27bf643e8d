import { randomBytes } from 'node:crypto'
import t from 'tap'
import { gather } from '../../../core/upstream/gather.ts'

t.test('chunks of any length are joined as they came', async t => {
  t.same(gather().joined(), Buffer.alloc(0))
  for (const lengths of [[1], [0, 3], [65_535, 1], [65_536], [65_536, 65_536], [1, 200_000, 7], Array.from({ length: 70_000 }, () => 1)]) {
    const chunks = lengths.map(length => randomBytes(length))
    const gathered = gather()
    for (const chunk of chunks) gathered.add(chunk)
    t.ok(gathered.joined().equals(Buffer.concat(chunks)), `${lengths.slice(0, 3)}`)
  }
})

t.test('what was added may be written over', async t => {
  const gathered = gather()
  const chunk = Buffer.from('abc')
  gathered.add(chunk)
  chunk.fill(0)
  t.equal(gathered.joined().toString(), 'abc')
})
