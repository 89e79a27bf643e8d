import { withResult } from './with-result.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'shows-its-key-in-a-warning'
export const meta = { name }

export default soundPlugin(name, (sound, { apiKey }) => withResult(sound, result => ({ ...result, warnings: [`done with the key ${apiKey}`] })), [cards.now, cards.later])
