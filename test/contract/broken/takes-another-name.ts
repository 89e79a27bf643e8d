import { soundPlugin } from './sound.ts'

const name = 'takes-another-name'
export const meta = { name }

export default soundPlugin(name, sound => ({ ...sound, name: 'another-name' }))
