import { cards, soundPlugin } from './sound.ts'

const name = 'has-a-bad-card'
export const meta = { name }

export default soundPlugin(name, sound => ({ ...sound, models: [{ ...cards.now, operations: [] }] }))
