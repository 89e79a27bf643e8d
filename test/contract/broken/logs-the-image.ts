import { soundPlugin } from './sound.ts'

const name = 'logs-the-image'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  async submit (edit, context) {
    context.log.debug({ image: edit.images[0].bytes.toString('base64') }, 'submitting')
    return await sound.submit(edit, context)
  }
}))
