import { soundPlugin } from './sound.ts'

const name = 'registers-two'
export const meta = { name }

export default soundPlugin(name, (sound, { app }) => {
  app.providers.register({ ...sound, name: 'another-name' })
  return sound
})
