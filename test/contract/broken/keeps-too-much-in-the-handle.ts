import { withHandle } from './with-result.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'keeps-too-much-in-the-handle'
export const meta = { name }

export default soundPlugin(name, sound => withHandle(sound, handle => Object.assign(handle, { notes: 'n'.repeat(5000) })), [cards.later])
