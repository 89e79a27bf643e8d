import t from 'tap'
import { shrink, swell } from '../../../plugins/local/morphology.ts'
import { createRandom } from '../../../plugins/local/random.ts'

const width = 17
const height = 11

function square (map: Uint8Array, x: number, y: number, radius: number): number[] {
  const values = []
  for (let j = Math.max(0, y - radius); j <= Math.min(height - 1, y + radius); j++) {
    for (let i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i++) values.push(map[j * width + i])
  }
  return values
}

t.test('shrinks and swells like the squares laid over each pixel', async t => {
  const random = createRandom(3)
  for (const radius of [1, 2, 5]) {
    const map = Uint8Array.from({ length: width * height }, () => random() < 0.93 ? 1 : 0)
    const rare = map.map(value => 1 - value)
    const places = Array.from(map, (_, p) => [p % width, Math.floor(p / width)] as const)
    t.same([...shrink(map, width, radius)], places.map(([x, y]) => Math.min(...square(map, x, y, radius))), `radius ${radius}`)
    t.same([...swell(rare, width, radius)], places.map(([x, y]) => Math.max(...square(rare, x, y, radius))), `radius ${radius}`)
  }
})
