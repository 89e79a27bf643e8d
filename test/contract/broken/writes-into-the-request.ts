import { soundPlugin } from './sound.ts'

const name = 'writes-into-the-request'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  async submit (edit, context) {
    Object.assign(edit.parameters, { seed: 1 })
    return await sound.submit(edit, context)
  }
}))
