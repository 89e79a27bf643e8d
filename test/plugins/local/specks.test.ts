import t from 'tap'
import { BACKGROUND, SUBJECT } from '../../../plugins/local/alike.ts'
import { clearSpecks } from '../../../plugins/local/specks.ts'
import { fitSurface } from '../../../plugins/local/surface.ts'

const side = 140
const one = { x: Float64Array.of(0), y: Float64Array.of(0), colours: Float64Array.of(240, 240, 240) }
const backdrop = { surface: fitSurface(one, { width: side, height: side }, 0, 0.5).surface, noise: 1, tolerance: 4 }

/** Clears a map on which a strong square and one more rectangle are subject. */
function clear (left: number, top: number, width: number, height: number, difference: number) {
  const map = new Uint8Array(side * side).fill(BACKGROUND)
  const means = new Uint8Array(side * side * 3).fill(240)
  const draw = (x0: number, y0: number, x1: number, y1: number, level: number) => {
    for (let y = y0; y < y1; y++) {
      map.fill(SUBJECT, y * side + x0, y * side + x1)
      means.fill(240 - level, 3 * (y * side + x0), 3 * (y * side + x1))
    }
  }
  draw(left, top, left + width, top + height, difference)
  draw(60, 60, 120, 120, 150)
  clearSpecks(map, means, backdrop, 150)
  return (x: number, y: number) => map[y * side + x]
}

t.test('keeps what is strong, even if it is small', async t => {
  const at = clear(20, 20, 2, 2, 90)
  t.equal(at(20, 20), SUBJECT)
  t.equal(at(60, 60), SUBJECT)
})

t.test('clears single pixels of grain, and faint stains', async t => {
  t.equal(clear(20, 20, 2, 1, 90)(20, 20), BACKGROUND)
  t.equal(clear(10, 10, 5, 5, 15)(12, 12), BACKGROUND)
  t.equal(clear(10, 10, 40, 40, 8)(30, 30), BACKGROUND, 'a large one only if it is very faint')
  t.equal(clear(10, 10, 40, 40, 15)(30, 30), SUBJECT)
})

t.test('clears faint fuzz on an outline, not a faint part of the subject', async t => {
  t.equal(clear(50, 80, 10, 2, 12)(52, 80), BACKGROUND)
  t.equal(clear(40, 60, 20, 30, 12)(42, 75), SUBJECT)
  t.equal(clear(50, 80, 10, 2, 60)(52, 80), SUBJECT)
})

t.test('at the image\'s border a subject goes on outside', async t => {
  t.equal(clear(0, 40, 20, 40, 15)(0, 60), SUBJECT)
})
