import sharp from 'sharp'
import { withBytes } from './with-result.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'answers-with-another-type'
export const meta = { name }

export default soundPlugin(name, sound => withBytes(sound, bytes => sharp(bytes).jpeg().toBuffer()), [cards.now, cards.later])
