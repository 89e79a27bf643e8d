import { soundPlugin } from './sound.ts'

const name = 'pays-twice'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  submit: async (edit, context) => await sound.submit(edit, context).catch(async () => await sound.submit(edit, context))
}))
