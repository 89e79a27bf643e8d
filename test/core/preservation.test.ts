import t from 'tap'
import { commonPreservation, hasUnmasked, isPreserving, planPreservation } from '../../core/preservation.ts'
import { request } from './fixtures.ts'

const mask = { pixels: new Uint8Array(4), width: 2, height: 2 }
const expansion = { left: 1, right: 0, up: 0, down: 0 }

t.test('what a mask leaves and what is extended is put back, unless that is not wished', async t => {
  for (const asked of [request({ operation: 'inpaint', mask }), request({ operation: 'outpaint', expansion })]) {
    t.equal(isPreserving(asked), true)
    t.equal(isPreserving({ ...asked, output: { format: 'image/png', preserveUnmasked: true } }), true)
    const unwished = { ...asked, output: { format: 'image/png' as const, preserveUnmasked: false } }
    t.same([isPreserving(unwished), hasUnmasked(unwished), planPreservation(unwished)], [false, true, []])
  }
  t.same([isPreserving(request()), hasUnmasked(request()), planPreservation(request())], [false, false, []], 'without a mask everything may change')
})

t.test('the plan says what is put back', async t => {
  t.same(planPreservation(request({ mask })), [{ kind: 'preserve', detail: 'of the image what the mask does not cover is put back into the result' }])
  t.same(planPreservation(request({ operation: 'outpaint', expansion })), [{ kind: 'preserve', detail: 'the image as it was sent is put back into the result' }])
})

t.test('of several images the most changed one counts, and one that cannot be compared leaves all unknown', async t => {
  const one = { of: 'unmasked' as const, before: 0.5, after: 0 }
  const other = { of: 'unmasked' as const, before: 0.2, after: 0.1 }
  t.equal(commonPreservation([one]), one)
  t.same(commonPreservation([one, other]), { of: 'unmasked', before: 0.5, after: 0.1 })
  t.equal(commonPreservation([one, null]), null)
  t.equal(commonPreservation([null, one]), null)
  t.equal(commonPreservation([]), null)
})
