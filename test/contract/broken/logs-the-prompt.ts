import { soundPlugin } from './sound.ts'

const name = 'logs-the-prompt'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  async submit (edit, context) {
    context.log.info({ prompt: edit.prompt }, 'submitting')
    return await sound.submit(edit, context)
  }
}))
