import t from 'tap'
import type { ProviderEdit } from '../../core/index.ts'
import { cards } from './broken/sound.ts'
import { lostOnTheWire } from './wire-content.ts'

const image = { bytes: Buffer.from('the bytes of an image'), mediaType: 'image/png', width: 1, height: 1 } as const

const edit: ProviderEdit = {
  operation: 'outpaint',
  model: 'now',
  card: cards.now,
  images: [image],
  prompt: 'More of the wall',
  expansion: { left: 24, right: 0, up: 0, down: 0 },
  parameters: { strength: 0.35, style: 'oil', flat: true },
  output: { format: 'image/png' }
}

const call = (...content: unknown[]) => [{ paid: true, content }]

t.test('finds every input in a JSON body', async t => {
  const body = { json: { image: { base64: image.bytes }, text: 'More of the wall', left: 24, right: 0, strength: 0.35, style: 'oil' } }
  t.same(lostOnTheWire(edit, call('/edit', undefined, body)), [])
})

t.test('finds every input in a form, in a query and in base64', async t => {
  const form = [{ name: 'image', value: `data:image/png;base64,${image.bytes.toString('base64')}` }, { name: 'strength', value: '0.35' }]
  const query = { instruction: 'More of the wall, by 24 on the left and 0 elsewhere' }
  t.same(lostOnTheWire(edit, call('/edit', query, { form })), ['style'])
  t.same(lostOnTheWire(edit, call('/edit/oil', query, { form })), [])
})

t.test('names what is in no call', async t => {
  t.same(lostOnTheWire({ ...edit, mask: image, background: image, lighting: image }, call('/edit', undefined, { json: { left: 240, text: 'More' } })),
    ['image 1', 'mask', 'background', 'lighting', 'prompt', 'left', 'right', 'up', 'down', 'strength', 'style'])
})

t.test('leaves out what reaches the vendor under another value', async t => {
  const body = { json: { image: { base64: image.bytes }, text: 'More of the wall', left: 24, right: 0, strength: 35, style: 'oil' } }
  t.same(lostOnTheWire(edit, call('/edit', undefined, body)), ['strength'])
  t.same(lostOnTheWire(edit, call('/edit', undefined, body), ['strength']), [])
})
