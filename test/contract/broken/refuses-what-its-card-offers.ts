import { soundPlugin } from './sound.ts'

const name = 'refuses-what-its-card-offers'
export const meta = { name }

export default soundPlugin(name, (sound, { app }) => ({
  ...sound,
  async submit () {
    throw new app.EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', 'it cannot do that')
  }
}))
