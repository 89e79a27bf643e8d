import t from 'tap'
import { imagesOf } from '../../../plugins/http-edit/images.ts'

t.test('the image to edit comes first, then the references; without it the first of these is it', async t => {
  t.same(imagesOf({ operation: 'general_edit', image_base64: 'a' }), [{ image: 'a', field: 'image_base64' }])
  t.same(imagesOf({ operation: 'general_edit', image_base64: 'a', images_base64: ['b', 'c'] }).map(({ field }) => field), ['image_base64', 'images_base64[0]', 'images_base64[1]'])
  t.same(imagesOf({ operation: 'general_edit', images_base64: ['b', 'c'] }), [{ image: 'b', field: 'images_base64[0]' }, { image: 'c', field: 'images_base64[1]' }])
})
