import { withHandle } from './with-result.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'keeps-a-date-in-the-handle'
export const meta = { name }

export default soundPlugin(name, sound => withHandle(sound, handle => Object.assign(handle, { since: new Date(0) })), [cards.later])
