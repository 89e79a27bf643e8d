import { soundPlugin } from './sound.ts'

const name = 'shows-its-key-in-an-error'
export const meta = { name }

export default soundPlugin(name, (sound, { app, apiKey }) => ({
  ...sound,
  async submit (edit, context) {
    try {
      return await sound.submit(edit, context)
    } catch (cause) {
      context.signal.throwIfAborted()
      throw new app.EditError('EDIT_ERR_PROVIDER_RESPONSE', 'it failed', { details: { headers: { authorization: `Bearer ${apiKey}` } }, cause })
    }
  }
}))
