import t from 'tap'
import { presentPictures, type SentPicture } from '../../core/sent-pictures.ts'

const [one, two] = ['one', 'two'].map(text => Buffer.from(text))
const at = (url: string) => ({ url, field: 'image_url' })
const fetchImages = async (pictures: readonly SentPicture[]) => pictures.map(picture => Buffer.isBuffer(picture) ? picture : Buffer.from(picture.url))

t.test('what is at an address comes into its place', async t => {
  t.same(await presentPictures({ images: [one, at('a'), at('b')], mask: at('mask'), lighting: two }, fetchImages), {
    images: [one, Buffer.from('a'), Buffer.from('b')], mask: Buffer.from('mask'), background: undefined, lighting: two
  })
  t.same(await presentPictures({ images: [], background: at('a') }, fetchImages), { images: [], mask: undefined, background: Buffer.from('a'), lighting: undefined })
})

t.test('nothing is asked for where every picture has been sent', async t => {
  const never = async () => { throw new Error('fetched') }
  t.same(await presentPictures({ images: [one], mask: two }, never), { images: [one], mask: two, background: undefined, lighting: undefined })
})
