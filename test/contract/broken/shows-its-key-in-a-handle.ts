import { cards, soundPlugin } from './sound.ts'
import { withJob } from './with-result.ts'

const name = 'shows-its-key-in-a-handle'
export const meta = { name }

export default soundPlugin(name, (sound, { apiKey }) =>
  withJob(sound, ({ handle, ...job }) => ({ ...job, handle: { ...handle, key: btoa(apiKey) } })), [cards.later])
