/** The bytes passed through, by the plugin that most people take for it. */
import proxy from '@fastify/http-proxy'
import Fastify from 'fastify'

const app = Fastify({ bodyLimit: 64 * 1024 * 1024 })
await app.register(proxy, { upstream: String(process.env.UPSTREAM) })
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
