import { cards, soundPlugin } from './sound.ts'

const name = 'goes-on-polling'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  poll: async (handle, context) => await sound.poll(handle, { ...context, signal: new AbortController().signal })
}), [cards.later])
