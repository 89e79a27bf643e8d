import { soundPlugin } from './sound.ts'

const name = 'throws-what-is-not-in-the-table'
export const meta = { name }

export default soundPlugin(name, sound => ({
  ...sound,
  submit: async (edit, context) => await sound.submit(edit, context).catch(cause => {
    context.signal.throwIfAborted()
    throw new Error('the vendor failed', { cause })
  })
}))
