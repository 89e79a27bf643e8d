import { soundPlugin } from './sound.ts'

const name = 'leaves-a-timer'
export const meta = { name }

export const timers: NodeJS.Timeout[] = []

export default soundPlugin(name, sound => {
  // Ends with the process of the tests, which must not wait for it.
  timers.push(setInterval(() => {}, 1000))
  return sound
})
