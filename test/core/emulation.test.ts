import t from 'tap'
import { planEmulation, rewritings, type Rewriting } from '../../core/emulation.ts'
import type { ModelCard } from '../../core/model-card.ts'
import type { EditRequest, RejectionReason } from '../../core/request.ts'
import { card, inputs, request } from './fixtures.ts'

const mask = { pixels: new Uint8Array(640 * 480).fill(255, 0, 9), width: 640, height: 480 }
const expansion = { left: 10, right: 300, up: 0, down: 0 }
const masking = card({ operations: ['inpaint', 'general_edit'], inputs: inputs({ mask: 'white-edits' }) })
const masked = card({ inputs: inputs({ mask: 'white-edits' }) })

function found (wish: Partial<EditRequest>, model: ModelCard = card(), reason: RejectionReason = 'operation'): Rewriting[] {
  return rewritings(request(wish), model, { reason, message: 'why' }).map(way => {
    if ('reason' in way) throw new TypeError(way.message)
    return way
  })
}

t.test('a masked edit is one of the whole image, by the same words and without the mask', async t => {
  for (const [operation, reason] of [['inpaint', 'operation'], ['general_edit', 'mask']] as const) {
    const [way, ...others] = found({ operation, mask }, card(), reason)
    t.same(others, [])
    t.match(way, { emulation: { way: 'edit', mask: 'kept', detail: /what the mask does not cover is put back$/ }, asked: { operation: 'general_edit', prompt: 'a hat' } })
    t.notOk('mask' in way.asked)
  }
  t.match(found({ operation: 'inpaint' }), [{ emulation: { detail: 'the whole image is edited by the prompt' } }], 'without a mask there is none to put back by')
  const [sent] = found({ operation: 'inpaint', mask }, masked)
  t.match(sent, { emulation: { mask: 'sent', detail: 'the whole image is edited by the prompt' }, asked: { mask } }, 'where the model takes it, it is sent')
})

t.test('a mask that would be lost is said, and nothing is done', async t => {
  const asked = request({ operation: 'inpaint', mask, output: { format: 'image/png', preserveUnmasked: false } })
  t.match(rewritings(asked, card(), { reason: 'operation', message: '' }), [{ reason: 'mask', message: /not to be put back, it would be lost/ }])
  t.match(rewritings(asked, masked, { reason: 'operation', message: '' }), [{ emulation: { mask: 'sent' } }])
})

t.test('an image is extended on a larger canvas: through a mask where the model paints, else by instruction', async t => {
  const ways = found({ operation: 'outpaint', expansion, prompt: 'a beach' }, masking)
  t.match(ways, [
    {
      emulation: { way: 'paint', mask: 'added', canvas: { size: { width: 950, height: 480 }, expansion, fill: 'nearest' } },
      asked: { operation: 'inpaint', prompt: 'a beach', images: [{ width: 950, height: 480 }] }
    },
    {
      emulation: { way: 'canvas', mask: 'sent', canvas: { fill: 'grey' } },
      asked: { operation: 'general_edit', prompt: /on the left and on the right.*In the new part: a beach$/ }
    }
  ])
  for (const { asked } of ways) t.notOk('expansion' in asked)
  t.match(found({ operation: 'outpaint', expansion, prompt: undefined }), [{ emulation: { way: 'canvas', mask: 'kept' } }])
  t.match(found({ operation: 'outpaint', expansion }, masked)[0], { emulation: { way: 'paint', mask: 'added' }, asked: { operation: 'general_edit' } })
  t.match(planEmulation(ways[0].emulation, request()).before, [
    { kind: 'pad', detail: '640×480 is laid on a canvas of 950×480' }, { kind: 'mask', detail: 'a mask of what is added is sent' }
  ])
})

t.test('what is to be found is named in an instruction, and a mask is honoured', async t => {
  const [replace] = found({ operation: 'search_replace', searchPrompt: 'the cat', mask })
  t.match(replace, { emulation: { way: 'instruction', mask: 'kept' }, asked: { operation: 'general_edit', prompt: /^Replace the cat with a hat\. Keep everything else/ } })
  const [recolour] = found({ operation: 'search_recolor', selectPrompt: 'the car' })
  t.match(recolour, { asked: { prompt: /^Change the color of the car to a hat\./ } })
  t.notOk('searchPrompt' in replace.asked || 'selectPrompt' in recolour.asked || 'mask' in replace.asked)
})

t.test('what is to be erased is painted through its mask, or marked', async t => {
  t.match(found({ operation: 'erase', mask, prompt: undefined }, masking), [
    { emulation: { way: 'paint', mask: 'sent' }, asked: { operation: 'inpaint', mask, prompt: /empty background/ } },
    { emulation: { way: 'marking', mask: 'marked', key: 'marking' }, asked: { operation: 'general_edit' } }
  ])
  const [marked] = found({ operation: 'erase', mask, output: { format: 'image/png', preserveUnmasked: false } })
  t.match(marked, { emulation: { mask: 'marked' } }, 'marked, the mask is not lost whatever becomes of the rest')
  t.notOk('mask' in marked.asked)
  t.match(planEmulation(marked.emulation, request()), { before: [{ kind: 'mask', detail: /painted over in a flat colour/ }], after: [] })
  t.match(found({ operation: 'erase', mask }, masked)[0].asked, { operation: 'general_edit', prompt: /^Remove what the mask covers/ })
})

t.test('a background is made one flat colour, which is then taken away', async t => {
  const [way] = found({ operation: 'remove_background', prompt: undefined })
  t.match(way, { emulation: { way: 'key', key: 'backdrop' }, asked: { operation: 'general_edit', prompt: /^Replace the whole background/ } })
  t.same(planEmulation(way.emulation, request()).after.map(({ kind }) => kind), ['restore', 'preserve'])
  t.same(planEmulation(way.emulation, request({ output: { format: 'image/png', preserveUnmasked: false } })).after.map(({ kind }) => kind), ['restore'])
})

t.test('of some few pixels nobody can tell the background, so nothing is spent on it', async t => {
  const at = (width: number, height: number) => rewritings(request({ operation: 'remove_background', prompt: undefined, images: [{ ...request().images[0], width, height }] }), card(), { reason: 'operation', message: '' })
  t.match(at(2, 3), [{ reason: 'pixels', message: /image has 6/ }])
  t.match(at(8, 8), [{ emulation: { key: 'backdrop' } }])
})

t.test('there is no way for what nothing makes up for', async t => {
  t.same(found({ operation: 'relight' }), [])
  t.same(found({ operation: 'erase', mask }, card({ operations: ['outpaint'] })), [], 'the model edits nothing')
  t.same(found({ operation: 'inpaint', mask }, card({ inputs: inputs({ accepts: [] }) })), [], 'it takes no words')
  t.same(found({ operation: 'inpaint', mask }, card(), 'price'), [], 'what it lacks is something else')
  t.same(found({ prompt: 'long' }, card(), 'prompt'), [], 'the same edit again')
  t.same(planEmulation({}, request()), { before: [], after: [] })
})

t.test('the caller\'s request is left as it is', async t => {
  const asked = Object.freeze(request({ operation: 'outpaint', expansion }))
  rewritings(asked, card(), { reason: 'operation', message: '' })
  t.match(asked, { operation: 'outpaint', expansion, prompt: 'a hat', images: [{ width: 640 }] })
})
