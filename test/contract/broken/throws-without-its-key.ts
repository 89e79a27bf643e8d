import type { FastifyPluginAsync } from 'fastify'
import { soundPlugin, type SoundOptions } from './sound.ts'

const name = 'throws-without-its-key'
export const meta = { name }
const sound = soundPlugin(name)

const plugin: FastifyPluginAsync<SoundOptions> = async (app, options) => {
  if (options.apiKey === undefined) throw new TypeError('apiKey is missing')
  await sound(app, options)
}

export default plugin
