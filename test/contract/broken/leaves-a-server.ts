import { createServer, type Server } from 'node:net'
import { soundPlugin } from './sound.ts'

const name = 'leaves-a-server'
export const meta = { name }

export const servers: Server[] = []

export default soundPlugin(name, (sound, { app }) => {
  app.addHook('onReady', done => {
    servers.push(createServer().listen(0, '127.0.0.1', done))
  })
  return sound
})
