import sharp from 'sharp'
import { withBytes } from './with-result.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'cuts-out-without-alpha'
export const meta = { name }

export default soundPlugin(name, sound => withBytes(sound, bytes => sharp(bytes).flatten().png().toBuffer()), [cards.cutOut])
