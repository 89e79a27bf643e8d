import t from 'tap'
import { configFrom } from '../../core/config.ts'
import { everyGate, judgeFigures, judgeModeration, judgeSize, questionFor } from '../../core/gates.ts'
import type { ModelCard } from '../../core/model-card.ts'
import { plan } from '../../core/planner.ts'
import type { EditRequest } from '../../core/request.ts'
import { card, image, inputs, noGates, offer, request } from './fixtures.ts'

function candidate (changes: Partial<EditRequest> = {}, model: Partial<ModelCard> = {}) {
  const operations = ['general_edit', 'erase', 'outpaint', 'remove_background'] as const
  const [first] = plan(request(changes), [offer({ card: card({ operations: [...operations], inputs: inputs({ mask: 'white-edits', accepts: ['prompt', 'expansion'] }), ...model }) })], {}).candidates
  if (first === undefined) throw new TypeError('the request does not fit the card')
  return first
}
const outputs = (size: ModelCard['outputs']['size'], maxSide?: number): Partial<ModelCard> => ({ outputs: { ...card().outputs, size, ...maxSide !== undefined && { maxSide } } })
const sized = (width: number, height: number, model: Partial<ModelCard> = {}, changes: Partial<EditRequest> = {}, gates = everyGate) => () => judgeSize({ width, height }, candidate(changes, model), gates)
const refusal = (gate: string, details = {}) => ({ code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate, ...details } })

t.test('all gates are on unless the operator says otherwise', t => {
  t.same(configFrom({}).gates, everyGate)
  t.same(configFrom({ gates: { blank: false } }).gates, { ...everyGate, blank: false })
  t.throws(() => configFrom({ gates: { colour: true } }), /gates\.colour is not known/)
  t.end()
})

t.test('a result that the vendor calls moderated is a refusal of the content', t => {
  t.throws(() => judgeModeration(true, everyGate), { code: 'EDIT_ERR_CONTENT_REJECTED', details: { gate: 'moderated' } })
  for (const [isModerated, gates] of [[true, noGates], [false, everyGate], [undefined, everyGate]] as const) t.doesNotThrow(() => judgeModeration(isModerated, gates))
  t.end()
})

t.test('a shape is wrong when nobody asked for it', t => {
  t.doesNotThrow(sized(640, 480))
  t.doesNotThrow(sized(1280, 960))
  t.doesNotThrow(sized(640, 496), 'a few per cent are rounding')
  t.throws(sized(480, 640), refusal('size', { width: 480, height: 640, expected: '640×480' }))
  t.doesNotThrow(sized(480, 640, outputs({ rule: 'vendor' })), 'but of a model that chooses it itself')
  t.doesNotThrow(sized(480, 640, {}, {}, noGates))
  t.throws(sized(640, 480, {}, { operation: 'outpaint', expansion: { left: 0, right: 0, up: 0, down: 200 } }), refusal('size', { expected: '640×680' }))
  t.doesNotThrow(sized(640, 1, {}, { images: [image({ width: 1280, height: 1 })] }), 'whole pixels are no other shape')
  t.end()
})

t.test('a ratio is right as vendors round it', t => {
  const model = outputs({ rule: 'ratio', ratios: ['1:1', '4:5'], resolutions: { small: 1024, large: 4096 } })
  const tall: Partial<EditRequest> = { images: [image({ width: 800, height: 1000 })] }
  t.doesNotThrow(sized(896, 1152, model, tall))
  t.throws(sized(1024, 1024, model, tall), refusal('size', { expected: '4:5' }))
  t.doesNotThrow(sized(400, 500, model, tall), 'a resolution is a name')
  t.end()
})

t.test('a thumbnail is not what was asked for', t => {
  t.throws(sized(160, 120), refusal('size', { expected: 640 }))
  t.throws(sized(160, 120, outputs({ rule: 'exact', minSide: 64, maxSide: 1024 })), refusal('size', { expected: 640 }))
  t.doesNotThrow(sized(160, 120, outputs({ rule: 'input' }, 200)), 'unless the card says so')
  t.end()
})

t.test('only what the operation and the gates want is measured', t => {
  const asked = (changes: Partial<EditRequest>, gates = everyGate, model = {}) => questionFor(candidate(changes, model), { width: 640, height: 480 }, gates)
  const mask = { pixels: new Uint8Array(640 * 480).fill(255), width: 640, height: 480 }
  t.same(asked({}), { distance: true, prominence: false, transparency: false, enlarged: 1 })
  t.match(asked({ operation: 'erase', mask }), { distance: true, prominence: true })
  t.match(asked({ operation: 'remove_background' }), { distance: false, transparency: true })
  t.match(asked({ operation: 'remove_background' }, everyGate, { outputs: { ...card().outputs, alpha: false } }), { transparency: false })
  t.match(asked({ operation: 'remove_background', route: { unsupported: 'emulate' } }, everyGate, { operations: ['general_edit'], outputs: { ...card().outputs, alpha: false } }), { transparency: true }, 'but what is cut out here is')
  t.match(asked({ operation: 'outpaint', expansion: { left: 1, right: 0, up: 0, down: 0 } }), { distance: false })
  t.equal(asked({}, noGates), undefined)
  t.match(asked({}, { ...noGates, unchanged: true }), { distance: true })
  t.match(asked({ operation: 'remove_background' }, { ...noGates, transparency: true }), { transparency: true })
  t.equal(asked({ images: [image({ width: 7, height: 9 })] }), undefined, 'a few pixels tell nothing')
  t.equal(asked({}, everyGate, { inputs: inputs({ maxSide: 320 }) })?.enlarged, 2)
  t.end()
})

t.test('the figures decide, and the error names gate, figure and threshold', t => {
  t.throws(() => judgeFigures({ contrast: 0.001, imageContrast: 0.5 }, everyGate), refusal('blank', { contrast: 0.001, threshold: Number }))
  t.throws(() => judgeFigures({ contrast: 0.001 }, everyGate), refusal('blank'))
  t.throws(() => judgeFigures({ contrast: 0.5, distance: 0.00401 }, everyGate), { message: /changed nothing/, ...refusal('unchanged', { distance: 0.004 }) })
  t.throws(() => judgeFigures({ contrast: 0.5, distance: 0, prominence: 0.2 }, everyGate), { message: /to be erased/, ...refusal('unchanged') })
  t.throws(() => judgeFigures({ contrast: 0.5, clear: 0, visible: 1 }, everyGate), refusal('transparency', { clear: 0 }))
  t.throws(() => judgeFigures({ contrast: 0, clear: 1, visible: 0 }, everyGate), refusal('transparency', { visible: 0 }))
  t.end()
})

t.test('what is as it should be passes', t => {
  const passes = (figures: Parameters<typeof judgeFigures>[0], gates = everyGate) => t.doesNotThrow(() => judgeFigures(figures, gates))
  passes({ contrast: 0.5, distance: 0.1, prominence: 0.2 })
  passes({ contrast: 0, imageContrast: 0.001 })
  passes({ contrast: 0, imageContrast: 0.5, kept: { contrast: 0, distance: 0.01 } })
  passes({ contrast: 0, imageContrast: 0.5 }, { ...everyGate, blank: false })
  passes({ contrast: 0.5, distance: 0, prominence: 0.001 })
  passes({ contrast: 0.5, clear: 0.4, visible: 0.6 })
  passes({ contrast: 0, clear: 0.4, visible: 0.6 })
  t.throws(() => judgeFigures({ contrast: 0, imageContrast: 0.5, kept: { contrast: 0, distance: 0.4 } }, everyGate), refusal('blank'), 'a black one is not what is kept')
  t.end()
})
