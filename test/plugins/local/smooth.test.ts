import t from 'tap'
import { createRandom } from '../../../plugins/local/random.ts'
import { smooth } from '../../../plugins/local/smooth.ts'

t.test('takes the mean of the nine pixels around, the border repeated', async t => {
  const random = createRandom(2)
  for (const [width, height] of [[7, 5], [1, 4], [3, 1]]) {
    const data = Uint8Array.from({ length: width * height * 4 }, () => random() * 256)
    const means = smooth({ data, width, height })
    t.equal(means.length, width * height * 3)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < 3; c++) {
          let sum = 0
          for (const j of [y - 1, y, y + 1]) {
            for (const i of [x - 1, x, x + 1]) sum += data[4 * (Math.min(height - 1, Math.max(0, j)) * width + Math.min(width - 1, Math.max(0, i))) + c]
          }
          t.equal(means[3 * (y * width + x) + c], Math.round(sum / 9))
        }
      }
    }
  }
})
