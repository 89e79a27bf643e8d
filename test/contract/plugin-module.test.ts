import fp from 'fastify-plugin'
import t from 'tap'
import { readPlugin } from './plugin-module.ts'

const main = async () => {}

t.test('reads the metadata of a module beside its default export', async t => {
  const options = { type: 'object', properties: { apiKey: { type: 'string' } } }
  const module = readPlugin({ default: main, meta: { name: 'acme-paint' }, vendor: 'acme', options })
  t.match(module, { name: 'acme-paint', vendor: 'acme', schema: options })
})

t.test('reads the metadata that fastify-plugin has put on a function', async t => {
  const plugin = fp(async () => {}, { name: 'acme-paint', encapsulate: true })
  t.match(readPlugin(plugin), { name: 'acme-paint', vendor: undefined, schema: undefined, plugin })
})

t.test('says what a module lacks', async t => {
  t.throws(() => readPlugin({}), { message: /default export .* must be a function/ })
  t.throws(() => readPlugin({ default: async () => {} }), { message: /misses its metadata/ })
  t.throws(() => readPlugin({ default: async () => {}, meta: { name: 7 } }), { message: /misses its metadata/ })
})
