import fp from 'fastify-plugin'
import t from 'tap'
import { startMosaic } from '../fixtures/third-party/mosaic.ts'
import { card, onThisMachine } from './broken/on-this-machine.ts'
import { cards, soundPlugin } from './broken/sound.ts'
import { conformanceChecks, testProvider, type Check, type ProviderTestOptions } from './index.ts'

const apiKey = 'mosaic-key-0123456789'

const onMosaic: Pick<ProviderTestOptions, 'options' | 'prepare'> = {
  options: { apiKey },
  async prepare ({ after }) {
    const mosaic = await startMosaic(apiKey)
    after(() => mosaic.close())
    return { options: { baseUrl: mosaic.url } }
  }
}

t.test('passes a provider of a vendor that keeps the contract', async t => {
  const [first, ...rest] = Object.values(cards)
  await testProvider(t, { ...onMosaic, plugin: { meta: { name: 'sound' }, default: soundPlugin('sound', undefined, [first, ...rest]) } })
})

t.test('passes a provider without a vendor that keeps the contract', async t => {
  await testProvider(t, { plugin: { meta: { name: 'on-this-machine' }, default: onThisMachine('on-this-machine') }, samples: { general_edit: { prompt: 'Make a negative' } } })
})

t.test('takes a default export alone when fastify-plugin has wrapped it', async t => {
  const plugin = fp(onThisMachine('wrapped'), { name: 'wrapped', encapsulate: true })
  const checks = await conformanceChecks({ plugin })
  t.equal(checks[0].name, 'the plugin has metadata with a name')
  t.ok(checks.length > 10, `${checks.length} checks`)
})

t.test('leaves out only what a card does not declare', async t => {
  const plugin = { meta: { name: 'on-this-machine' }, default: onThisMachine('on-this-machine') }
  const names = (await conformanceChecks({ plugin })).map(({ name }) => name)
  t.notMatch(names.join('\n'), /poll|cancel|recover|vendor|transparent|key/)
  for (const operation of card.operations) t.ok(names.some(name => name.startsWith(`${card.id} ${operation}: `)))
})

t.test('closes what was prepared when the preparation fails', async t => {
  let closed = 0
  const checks = await conformanceChecks({
    plugin: { meta: { name: 'sound' }, default: soundPlugin('sound') },
    prepare ({ after }) {
      after(() => { closed++ })
      throw new Error('no emulator today')
    }
  })
  const { run } = checks[1]
  await t.rejects(run(), { message: 'no emulator today' })
  t.equal(closed, 2)
})

t.test('asks for jobs where there is a poll', async t => {
  const plugin = {
    meta: { name: 'never-later' },
    default: onThisMachine('never-later', provider => ({ ...provider, poll: async () => { throw new Error('there are no jobs') } }))
  }
  const [check] = (await conformanceChecks({ plugin })).filter(({ name }) => name.includes('plain JSON'))
  await t.rejects(check.run(), { message: /none of its edits was answered with pending/ })
})

t.test('lets a provider pass bytes on unread, since the kernel reads them', async t => {
  const plugin = {
    meta: { name: 'passes-on' },
    default: soundPlugin('passes-on', (sound, { app }) => ({
      ...sound,
      submit: async (edit, context) => await sound.submit(edit, context).catch(err => {
        if (err instanceof app.EditError && err.message.includes('nobody knows')) return { state: 'done', result: { images: [{ bytes: Buffer.from('<html>') }] } }
        throw err
      })
    }))
  }
  for (const { name, run } of await conformanceChecks({ ...onMosaic, plugin })) if (name.includes('its vendor')) await t.resolves(run(), name)
})

t.test('takes the test\'s word for what a plugin without its key is given', async t => {
  const plugin = { meta: { name: 'sound' }, default: soundPlugin('sound') }
  const claim = (checks: Check[]) => checks.filter(({ name }) => name.startsWith('without its key'))
  t.same(claim(await conformanceChecks({ ...onMosaic, plugin, unconfiguredOptions: null })), [])
  const [check] = claim(await conformanceChecks({ ...onMosaic, plugin, unconfiguredOptions: { baseUrl: 'http://127.0.0.1:1' } }))
  await check.run()
})

t.test('says when a provider is not ready with the options of the test', async t => {
  const [, { run }] = await conformanceChecks({ plugin: { meta: { name: 'sound' }, default: soundPlugin('sound') }, options: {} })
  await t.rejects(run(), { message: 'with the options of the test it is unconfigured: apiKey is missing' })
})
