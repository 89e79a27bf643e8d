import { soundPlugin } from './sound.ts'

const name = 'loses-the-mask'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  submit: async ({ mask, ...edit }, context) => await sound.submit(edit, context)
}))
