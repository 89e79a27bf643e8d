import { cards, soundPlugin } from './sound.ts'

const name = 'cannot-cancel'
export const meta = { name }

export default soundPlugin(name, (sound, { app }) => ({
  ...sound,
  async cancel (_, { signal }) {
    signal.throwIfAborted()
    throw new app.EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', 'it cannot do that')
  }
}), [cards.later])
