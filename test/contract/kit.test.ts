import fp from 'fastify-plugin'
import t from 'tap'
import { startMosaic } from '../fixtures/third-party/mosaic.ts'
import { card, onThisMachine } from './broken/on-this-machine.ts'
import { cards, soundPlugin } from './broken/sound.ts'
import { conformanceChecks, testProvider, type ProviderTestOptions } from './index.ts'

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
  await testProvider(t, { plugin: { meta: { name: 'on-this-machine' }, default: onThisMachine('on-this-machine') } })
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
