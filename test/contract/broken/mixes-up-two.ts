import type { ProviderEdit } from '../../../core/index.ts'
import { soundPlugin } from './sound.ts'

const name = 'mixes-up-two'
export const meta = { name }

let current: ProviderEdit

export default soundPlugin(name, sound => ({
  ...sound,
  async submit (edit, context) {
    current = edit
    // Two edits that are under way at once both find the one that came last.
    await Promise.resolve()
    return await sound.submit(current, context)
  }
}))
