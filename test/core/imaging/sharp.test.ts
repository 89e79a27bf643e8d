import t from 'tap'
import { loadSharp } from '../../../core/imaging/sharp.ts'

t.test('sharp is loaded once, and opens no SVG', async t => {
  const sharp = loadSharp()
  t.equal(loadSharp(), sharp)
  t.equal(sharp.concurrency(), 1)
  await t.rejects(sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).metadata())
})
