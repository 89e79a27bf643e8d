import t from 'tap'
import { joinPieces } from '../../../plugins/http-openai/pieces.ts'

t.test('images stand in the text as base64, whatever their length and whatever the text', async t => {
  for (let length = 0; length < 5; length++) {
    const image = Buffer.alloc(length, 200)
    t.same(JSON.parse(joinPieces(['{"größe":"', image, '","more":"😀', image, '"}']).toString()), { größe: image.toString('base64'), more: `😀${image.toString('base64')}` })
  }
})
