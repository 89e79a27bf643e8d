import { soundPlugin } from './sound.ts'

const name = 'blames-the-caller'
export const meta = { name }

export default soundPlugin(name, (sound, { app }) => ({
  ...sound,
  submit: async (edit, context) => await sound.submit(edit, context).catch(cause => {
    context.signal.throwIfAborted()
    throw new app.EditError('EDIT_ERR_INVALID_REQUEST', 'the vendor failed', { cause })
  })
}))
