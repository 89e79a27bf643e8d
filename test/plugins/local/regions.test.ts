import t from 'tap'
import { findRegions, paintRegions, regionOf } from '../../../plugins/local/regions.ts'

const read = (rows: readonly string[]) => Uint8Array.from(rows.join(''), digit => Number(digit))
const width = 8
const rows = [
  '00000000',
  '01100110',
  '01000010',
  '01111110',
  '00000000',
  '00021000',
  '00100000',
  '00000001'
]

t.test('arms that meet only below are one region', async t => {
  const regions = findRegions(read(rows), width, [1], false)
  const name = regionOf(regions, width + 1)
  t.equal(regionOf(regions, width + 6), name)
  t.equal(regions.area[name], 12)
  t.equal(regions.atBorder[name], 0)
})

t.test('pixels that touch by a corner are one region only if corners count', async t => {
  const map = read(rows)
  const apart = findRegions(map, width, [1, 2], false)
  t.not(regionOf(apart, 5 * width + 3), regionOf(apart, 6 * width + 2))
  const together = findRegions(map, width, [1, 2], true)
  t.equal(regionOf(together, 5 * width + 4), regionOf(together, 6 * width + 2))
  t.equal(together.area[regionOf(together, 5 * width + 3)], 3)
})

t.test('knows which regions reach the border, on each side', async t => {
  for (const [place, pixel] of [['0100', 1], ['0000100000000000', 4], ['0000000100000000', 7], ['0000000000000100', 13]] as const) {
    const map = read([place.padEnd(16, '0')])
    const regions = findRegions(map, 4, [1], false)
    t.equal(regions.atBorder[regionOf(regions, pixel)], 1, place)
  }
  const inner = findRegions(read(['0000010000000000']), 4, [1], false)
  t.equal(inner.atBorder[regionOf(inner, 5)], 0)
})

t.test('paints the chosen regions and no other pixel', async t => {
  const map = read(rows)
  const regions = findRegions(map, width, [1], false)
  paintRegions(map, regions, 7, region => regions.area[region] === 12)
  t.same([...map].filter(value => value === 7).length, 12)
  t.equal(map[5 * width + 4], 1)
})

t.test('a map without the values has no regions', async t => {
  t.equal(findRegions(read(rows), width, [5], true).from.length, 0)
})
