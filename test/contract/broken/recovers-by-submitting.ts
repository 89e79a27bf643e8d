import { soundPlugin } from './sound.ts'

const name = 'recovers-by-submitting'
export const meta = { name }

export default soundPlugin(name, sound => ({ ...sound, recover: sound.submit }))
