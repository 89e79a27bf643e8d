import { withResult } from './with-result.ts'
import { soundPlugin } from './sound.ts'

const name = 'answers-with-two-images'
export const meta = { name }

export default soundPlugin(name, sound => withResult(sound, result => ({ ...result, images: [...result.images, ...result.images] })))
