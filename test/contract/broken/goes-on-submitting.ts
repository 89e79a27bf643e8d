import { soundPlugin } from './sound.ts'

const name = 'goes-on-submitting'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  submit: async (edit, context) => await sound.submit(edit, { ...context, signal: new AbortController().signal })
}))
