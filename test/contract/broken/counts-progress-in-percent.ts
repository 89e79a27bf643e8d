import { cards, soundPlugin } from './sound.ts'
import { withJob } from './with-result.ts'

const name = 'counts-progress-in-percent'
export const meta = { name }

export default soundPlugin(name, sound =>
  withJob(sound, job => ({ ...job, progress: 50 })), [cards.later])
