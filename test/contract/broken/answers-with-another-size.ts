import sharp from 'sharp'
import { withBytes } from './with-result.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'answers-with-another-size'
export const meta = { name }

export default soundPlugin(name, sound => withBytes(sound, bytes => sharp(bytes).resize(50, 50, { fit: 'fill' }).png().toBuffer()), [cards.now, cards.exact, cards.ratio, cards.vendor])
