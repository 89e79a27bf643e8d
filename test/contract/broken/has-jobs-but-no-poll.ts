import { cards, soundPlugin } from './sound.ts'

const name = 'has-jobs-but-no-poll'
export const meta = { name }

export default soundPlugin(name, ({ poll, ...sound }) => sound, [cards.later])
