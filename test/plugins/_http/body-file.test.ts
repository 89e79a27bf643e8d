import t from 'tap'
import { isBodyFile } from '../../../plugins/_http/body-file.ts'

const file = { bytes: (field: string) => Buffer.from(field), preview: () => '' }

t.test('a file of a body is told from everything that JSON can make', async t => {
  t.equal(isBodyFile(file), true)
  for (const value of [null, 'text', 5, [], { bytes: 'text' }, { bytes: { length: 1 } }, undefined]) t.equal(isBodyFile(value), false)
})
