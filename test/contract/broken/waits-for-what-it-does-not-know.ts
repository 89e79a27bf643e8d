import { cards, soundPlugin } from './sound.ts'

const name = 'waits-for-what-it-does-not-know'
export const meta = { name }

export default soundPlugin(name, (sound, { app }) => ({
  ...sound,
  poll: async (handle, context) => await sound.poll(handle, context).catch((err: unknown) => {
    if (err instanceof app.EditError && err.message.includes('nobody knows')) return { state: 'pending', handle, pollAfterMs: 1 }
    throw err
  })
}), [cards.later])
