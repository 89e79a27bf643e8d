import t from 'tap'
import { writeLab } from '../../../core/imaging/gate-lab.ts'

function labOf (...colour: [number, number, number]): Float32Array {
  const lab = new Float32Array(3)
  writeLab(...colour, lab, 0)
  return lab
}

t.test('white is 1, grey has no colour, red and blue are what they are', t => {
  t.ok(Math.abs(labOf(255, 255, 255)[0] - 1) < 0.001)
  const [lightness, a, b] = labOf(128, 128, 128)
  t.ok(Math.abs(lightness - 0.602) < 0.005, `${lightness}`)
  t.ok(Math.abs(a) < 0.002 && Math.abs(b) < 0.002)
  t.ok(labOf(255, 0, 0)[1] > 0.15)
  t.ok(labOf(0, 0, 255)[2] < -0.2)
  t.end()
})

t.test('levels near black are close to each other, as on a screen in a lit room', t => {
  t.ok(Math.abs(labOf(0, 0, 0)[0] - labOf(4, 4, 4)[0]) < 0.012)
  t.end()
})
