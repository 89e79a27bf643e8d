import { soundPlugin } from './sound.ts'

const name = 'writes-into-an-image'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  async submit (edit, context) {
    const submission = await sound.submit(edit, context)
    edit.images[0].bytes.reverse()
    return submission
  }
}))
