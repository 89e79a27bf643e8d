import type { ProviderEdit } from '../../../core/index.ts'
import { soundPlugin } from './sound.ts'

const name = 'answers-always-the-same'
export const meta = { name }

let first: ProviderEdit | undefined

export default soundPlugin(name, sound => ({
  ...sound,
  async submit (edit, context) {
    first ??= edit
    return await sound.submit(first, context)
  }
}))
