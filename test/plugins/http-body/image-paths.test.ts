import t from 'tap'
import { readImagePaths } from '../../../plugins/http-body/image-paths.ts'

t.test('ways become a tree', async t => {
  const root = readImagePaths(['image', 'images[]', 'images[].url', 'mask.url'])
  t.equal(root.isImage, false)
  t.same([...root.members.keys()], ['image', 'images', 'mask'])
  t.match(root.members.get('image'), { isImage: true, items: undefined })
  t.match(root.members.get('images'), { isImage: false, items: { isImage: true } })
  t.equal(root.members.get('images')?.items?.members.get('url')?.isImage, true)
  t.equal(root.members.get('mask')?.members.get('url')?.isImage, true)
})

t.test('what is no way is refused at the start', async t => {
  for (const path of ['', 'a..b', 'a[', 'a.[]', '.a', 'a]']) t.throws(() => readImagePaths([path]), TypeError, path)
})
