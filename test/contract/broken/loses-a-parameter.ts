import { soundPlugin } from './sound.ts'

const name = 'loses-a-parameter'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  submit: async (edit, context) => await sound.submit({ ...edit, parameters: {} }, context)
}))
