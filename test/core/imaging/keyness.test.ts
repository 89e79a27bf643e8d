import t from 'tap'
import { keyness } from '../../../core/imaging/keyness.ts'

t.test('a key has all of it, greys and other colours have none', async t => {
  const keys = { green: [0, 255, 0], blue: [0, 0, 255], magenta: [255, 0, 255] } satisfies Record<string, [number, number, number]>
  for (const name of ['green', 'blue', 'magenta'] as const) {
    t.equal(keyness(name, ...keys[name]), 255)
    t.equal(keyness(name, 77, 77, 77), 0)
    for (const other of ['green', 'blue', 'magenta'] as const) if (other !== name) t.ok(keyness(name, ...keys[other]) <= 0, `${name} in ${other}`)
  }
})

t.test('a mixture with grey has as much as its share', async t => {
  for (const share of [0.25, 0.5, 0.9]) t.equal(Math.round(keyness('green', 100 * (1 - share), 100 * (1 - share) + 255 * share, 100 * (1 - share))), Math.round(255 * share))
})
