import { cards, soundPlugin } from './sound.ts'

const name = 'shows-its-key-in-a-handle'
export const meta = { name }

export default soundPlugin(name, (sound, { apiKey }) => ({
  ...sound,
  async submit (edit, context) {
    const submission = await sound.submit(edit, context)
    return submission.state === 'pending' ? { ...submission, handle: { ...submission.handle, key: btoa(apiKey) } } : submission
  }
}), [cards.later])
