import t from 'tap'
import { checkProvider } from '../../../core/check-provider.ts'
import { cards } from '../../../plugins/huggingface/cards.ts'
import { description } from '../../../plugins/huggingface/provider.ts'
import { image, models, names, startService } from './fixtures.ts'

t.test('the card keeps the contract, and any other model is planned by it', async t => {
  t.doesNotThrow(() => checkProvider({ ...description, specificationVersion: 'v1', submit () {} }))
  t.equal(cards.length, 1)
  t.match(cards[0], { id: 'Qwen/Qwen-Image-Edit', tier: 'mid', operations: ['general_edit'], inputs: { mask: 'none', maxImages: 1 }, price: { usd: 0.05 } })
  t.match(description, { vendor: 'huggingface', priority: 50, anyModel: true })
})

t.test('both ends of every range are taken by every provider', async t => {
  const { run } = await startService(t)
  const [{ parameters }] = cards
  for (const end of ['minimum', 'maximum'] as const) {
    const values = Object.fromEntries(Object.entries(parameters).map(([name, rule]) => [name, rule.type === 'string' ? 'clouds' : rule[end] ?? 0]))
    for (const name of names) t.equal((await run({ model: models[name], parameters: values })).attempts[0]?.code, null, `${name} ${end}`)
  }
})

t.test('what the task does not have is refused before anything is sent', async t => {
  const { emulator, run } = await startService(t)
  await t.rejects(run({ mask: image }), { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', billed: 'no', message: /takes no mask/ })
  await t.rejects(run({ images: [image, image] }), { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', message: /takes 1 image/ })
  t.same([...emulator.calls, ...emulator.hub.calls], [])
})
