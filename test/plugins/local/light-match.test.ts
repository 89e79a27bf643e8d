import t from 'tap'
import { matchLight } from '../../../plugins/local/light-match.ts'
import { readLight } from '../../../plugins/local/light.ts'
import { linearOf, toOklab, triple } from '../../../plugins/local/oklab.ts'
import { ellipse, makePicture, makeScene, plain, type Paint } from './cut-out-scenes.ts'

const side = 60

function match (paint: Paint, picture: Paint, strength = 0.5) {
  const { truth } = makeScene({ width: side, height: side, backdrop: plain([0, 0, 0]), shape: ellipse(30, 30, 22, 22), paint })
  const cut = { ...truth, data: truth.data.slice() }
  const own = readLight(cut)
  const light = readLight(makePicture(50, 50, picture))
  if (own === null || light === null) throw new Error('both are visible')
  matchLight(cut, own, light, strength)
  const lab = (data: Uint8Array, x: number, y: number) => {
    const colour = triple()
    for (let c = 0; c < 3; c++) colour[c] = linearOf[data[4 * (y * side + x) + c]]
    toOklab(colour, colour)
    return [...colour]
  }
  return { cut, truth, before: (x: number, y: number) => lab(truth.data, x, y), after: (x: number, y: number) => lab(cut.data, x, y) }
}

const night = plain([20, 30, 70])
const noon = plain([235, 235, 235])
const sunset: Paint = x => [250 - 2 * x, 170 - 2 * x, 110 - 2 * x]
const skin = plain([225, 175, 145])

t.test('at strength 0 nothing changes, and alpha never does', async t => {
  const { cut, truth } = match(skin, night, 0)
  t.same(cut.data, truth.data)
  const lit = match(skin, night, 1)
  t.same(lit.cut.data.filter((_, i) => i % 4 === 3), truth.data.filter((_, i) => i % 4 === 3))
})

t.test('night darkens and cools, noon brightens', async t => {
  const dark = match(skin, night)
  t.ok(dark.after(30, 30)[0] < dark.before(30, 30)[0] - 0.1)
  t.ok(dark.after(30, 30)[2] < dark.before(30, 30)[2] - 0.01)
  const bright = match(plain([110, 100, 95]), noon)
  t.ok(bright.after(30, 30)[0] > bright.before(30, 30)[0] + 0.02)
})

t.test('more strength is more light', async t => {
  const steps = [0, 0.25, 0.5, 0.75, 1].map(strength => match(skin, night, strength).after(30, 30)[0])
  t.same(steps, steps.toSorted((a, b) => b - a))
  t.ok(steps[4] > 0.25, 'but it is not night in the subject itself')
})

t.test('the subject is brighter and warmer on the side that the light comes from', async t => {
  const { after } = match(plain([150, 150, 150]), sunset)
  t.ok(after(12, 30)[0] > after(48, 30)[0] + 0.03)
  t.ok(after(12, 30)[2] > 0.005)
})

t.test('colours stay themselves: hue moves little at the default, whatever the light', async t => {
  const hue = (lab: readonly number[]) => Math.atan2(lab[2], lab[1]) * 180 / Math.PI
  for (const [name, paint] of Object.entries({ skin, red: plain([200, 40, 30]), blue: plain([40, 60, 190]) })) {
    for (const [place, picture] of Object.entries({ night, noon, forest: plain([50, 130, 30]), sunset })) {
      const { before, after } = match(paint, picture)
      const turn = Math.abs((hue(after(30, 30)) - hue(before(30, 30)) + 540) % 360 - 180)
      t.ok(turn < (name === 'skin' ? 50 : 25), `${name} in ${place}: ${turn.toFixed(0)}°`)
    }
  }
})

t.test('black stays black, and white does not burn out into colour', async t => {
  const black = match(plain([2, 2, 2]), sunset).after(30, 30)
  t.ok(black[0] < 0.15 && Math.hypot(black[1], black[2]) < 0.02)
  const white = match(plain([250, 250, 250]), noon).after(30, 30)
  t.ok(white[0] > 0.95 && Math.hypot(white[1], white[2]) < 0.02)
})

t.test('a subject of one pixel has a middle', async t => {
  const cut = { data: Uint8Array.of(100, 100, 100, 255), width: 1, height: 1 }
  const own = readLight(cut)
  const light = readLight(makePicture(9, 9, night))
  if (own === null || light === null) throw new Error('both are visible')
  matchLight(cut, own, light, 0.5)
  t.ok(cut.data[0] < 100)
})
