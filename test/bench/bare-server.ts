import { createServer } from 'node:http'

const port: number = Number(process.env.PORT)
createServer((_, reply) => reply.end()).listen(port, '127.0.0.1')
