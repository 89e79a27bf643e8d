import t from 'tap'
import { keepsTransparency } from '../../core/transparency.ts'
import { image, request } from './fixtures.ts'

t.test('an image stays transparent where its outline is kept and the format can hold it', async t => {
  const clear = { images: [image({ alpha: true })] as const }
  t.ok(keepsTransparency(request(clear)))
  t.ok(keepsTransparency(request({ ...clear, output: { format: 'image/webp', background: 'transparent' } })))
  t.notOk(keepsTransparency(request()))
  t.notOk(keepsTransparency(request({ ...clear, operation: 'erase' })))
  t.notOk(keepsTransparency(request({ ...clear, output: { format: 'image/jpeg' } })))
  t.notOk(keepsTransparency(request({ ...clear, output: { format: 'image/png', background: '#fff' } })))
})
