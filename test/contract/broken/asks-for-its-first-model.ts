import { soundPlugin } from './sound.ts'

const name = 'asks-for-its-first-model'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  submit: async (edit, context) => await sound.submit({ ...edit, model: edit.card.id }, context)
}))
