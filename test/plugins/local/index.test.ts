import { Value } from '@sinclair/typebox/value'
import Fastify from 'fastify'
import sharp from 'sharp'
import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { ProviderRegistry } from '../../../core/registry.ts'
import * as plugin from '../../../plugins/local/index.ts'
import { testProvider } from '../../contract/index.ts'

t.test('keeps the contract of a provider', async t => {
  // The kit's own mask covers more than can be filled well.
  const levels = Uint8Array.from({ length: 64 * 64 }, (_, index) => Math.hypot(index % 64 - 31.5, Math.floor(index / 64) - 31.5) < 12 ? 255 : 0)
  const mask = await sharp(levels, { raw: { width: 64, height: 64, channels: 1 } }).toColourspace('b-w').png().toBuffer()
  await testProvider(t, { plugin, unconfiguredOptions: null, samples: { erase: { mask } } })
})

t.test('works with as many threads as it is given, by default with all cores but one', async t => {
  const concurrency = async (options: { threads?: number }) => {
    const app = Fastify()
    t.after(async () => await app.close())
    const registry = new ProviderRegistry()
    app.decorate('providers', registry)
    app.decorate('EditError', EditError)
    await app.register(plugin.default, options)
    return registry.get('local')?.maxConcurrent
  }
  t.equal(await concurrency({ threads: 7 }), 7)
  t.ok(Number(await concurrency({})) >= 1)
})

t.test('takes 1 to 64 threads', async t => {
  for (const threads of [1, 64]) t.ok(Value.Check(plugin.options, { threads }))
  for (const threads of [0, 65, 1.5, 'two']) t.notOk(Value.Check(plugin.options, { threads }))
  t.ok(Value.Check(plugin.options, {}))
})
