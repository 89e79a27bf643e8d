import { cards, soundPlugin } from './sound.ts'

const name = 'shows-its-key-in-a-card'
export const meta = { name }

export default soundPlugin(name, (sound, { apiKey }) => ({ ...sound, models: [{ ...cards.now, description: `For the key ${apiKey}.` }] }))
