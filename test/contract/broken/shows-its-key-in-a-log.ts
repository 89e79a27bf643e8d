import { soundPlugin } from './sound.ts'

const name = 'shows-its-key-in-a-log'
export const meta = { name }

export default soundPlugin(name, (sound, { apiKey }) => ({
  ...sound,
  async submit (edit, context) {
    context.log.trace({ options: { apiKey } }, 'submitting')
    return await sound.submit(edit, context)
  }
}))
