import { cards, soundPlugin } from './sound.ts'
import { withJob } from './with-result.ts'

const name = 'keeps-a-date-in-the-handle'
export const meta = { name }

export default soundPlugin(name, sound =>
  withJob(sound, ({ handle, ...job }) => ({ ...job, handle: Object.assign(handle, { since: new Date(0) }) })), [cards.now, cards.later])
