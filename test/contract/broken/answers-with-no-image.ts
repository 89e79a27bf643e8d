import { withBytes } from './with-result.ts'
import { soundPlugin } from './sound.ts'

const name = 'answers-with-no-image'
export const meta = { name }

export default soundPlugin(name, sound => withBytes(sound, async () => Buffer.from('<html>')))
