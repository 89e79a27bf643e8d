import { soundPlugin } from './sound.ts'

export default soundPlugin('has-no-metadata')
