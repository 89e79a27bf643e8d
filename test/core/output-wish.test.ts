import t from 'tap'
import { defaultImageLimits as limits } from '../../core/imaging/limits.ts'
import { checkOutput } from '../../core/output-wish.ts'
import type { InputFields, OutputWish } from '../../core/request.ts'

const fields: InputFields = {
  image: 'image', mask: 'mask', background: 'background', lighting: 'lighting', prompt: 'prompt', searchPrompt: 'search', selectPrompt: 'select', expansion: 'expansion'
}
const check = (output: Partial<OutputWish>, names: Partial<InputFields> = {}) => () =>
  checkOutput({ output: { format: 'image/png', ...output }, fields: { ...fields, ...names } }, limits)

t.test('what can be done is taken', async t => {
  for (const output of [
    {}, { size: 'input' }, { size: 'model' }, { size: { width: 1, height: 30_000 } }, { background: 'transparent' }, { background: '#fff' }, { background: '#Ff0033' },
    { format: 'image/avif', background: 'transparent', quality: 1 }, { format: 'image/jpeg', background: '#fff', quality: 100 }
  ] as const) t.doesNotThrow(check(output), JSON.stringify(output))
})

t.test('what cannot is refused by the caller\'s name of it', async t => {
  const invalid = (field: string) => ({ code: 'EDIT_ERR_INVALID_REQUEST', details: { field } })
  for (const size of [{ width: 0, height: 10 }, { width: 10, height: 30_001 }, { width: 20_000, height: 20_000 }]) {
    t.throws(check({ size }), invalid('output size'))
    t.throws(check({ size }, { outputSize: 'output_size' }), { ...invalid('output_size'), message: /^output_size: / })
  }
  t.throws(check({ quality: 0 }), invalid('output quality'))
  t.throws(check({ quality: 101 }), invalid('output quality'))
  t.throws(check({ background: 'transparent', format: 'image/jpeg' }, { outputBackground: 'background' }), invalid('background'))
  for (const background of ['red', '#ff', '#ffff', 'rgb(0,0,0)', '#gggggg']) t.throws(check({ background }), { ...invalid('background'), message: /#rgb/ })
})
