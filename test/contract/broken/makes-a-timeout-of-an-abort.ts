import { soundPlugin } from './sound.ts'

const name = 'makes-a-timeout-of-an-abort'
export const meta = { name }

export default soundPlugin(name, (sound, { app }) => ({
  ...sound,
  submit: async (edit, context) => await sound.submit(edit, context).catch(cause => {
    if (context.signal.aborted) throw new app.EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'it took too long', { cause })
    throw cause
  })
}))
