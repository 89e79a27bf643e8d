import { withResult } from './with-result.ts'
import { soundPlugin } from './sound.ts'

const name = 'names-a-fraction-as-seed'
export const meta = { name }

export default soundPlugin(name, sound => withResult(sound, result => ({ ...result, seed: 0.5 })))
