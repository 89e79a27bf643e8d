import { cards, soundPlugin } from './sound.ts'
import { withJob } from './with-result.ts'

const name = 'keeps-too-much-in-the-handle'
export const meta = { name }

export default soundPlugin(name, sound =>
  withJob(sound, ({ handle, ...job }) => ({ ...job, handle: { ...handle, notes: 'n'.repeat(5000) } })), [cards.later])
