import { withBytes } from './with-result.ts'
import { soundPlugin } from './sound.ts'

const name = 'answers-with-half-an-image'
export const meta = { name }

export default soundPlugin(name, sound => withBytes(sound, async bytes => Buffer.from(bytes.subarray(0, bytes.length / 2))))
