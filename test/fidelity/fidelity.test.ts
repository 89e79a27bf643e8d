import t from 'tap'
import { operationNames } from '../../core/operations.ts'
import { countChanged, decode, deviation } from './oracle.ts'
import { findCases, formats, sample } from './cases.ts'
import { classes, imageNames, makeImages, quickNames } from './images.ts'
import { isVisible } from './judge.ts'
import { broken, reasons, seamLine, table } from './report.ts'
import { run } from './run.ts'
import { makeBackground, noise } from './scenes.ts'
import { measureSeam } from './seam.ts'
import { startService } from './service.ts'
import { draw, open } from '../core/imaging/pictures.ts'

t.test('the judge sees a changed pixel, a lost alpha, an encoder\'s error and a step at a seam', async t => {
  const [width, height] = [40, 30]
  const picture = draw(width, height, 4, (x, y) => [100 + x, 100 + y, 100, 255])
  const mask = draw(width, height, 1, x => [x < 20 ? 255 : 0]).data
  const read = async (of: typeof picture) => await decode(await open(of).png().toBuffer(), { colours: 'stored', deep: false })
  const original = await read(picture)
  const change = async (x: number, y: number, channel: number, by: number) => {
    const data = Buffer.from(picture.data)
    const at = (y * width + x) * 4 + channel
    data.writeUInt8(data.readUInt8(at) + by, at)
    return await read({ ...picture, data })
  }
  const corner = { left: 0, top: 0 }
  t.same(countChanged(original, original, corner, mask), { changed: 0, total: 600 })
  t.equal(countChanged(original, await change(30, 10, 1, 1), corner, mask).changed, 1)
  t.equal(countChanged(original, await change(30, 10, 3, -1), corner, mask).changed, 1)
  t.equal(countChanged(original, await change(10, 10, 1, 1), corner, mask).changed, 0, 'it is masked')
  const { most, total } = deviation(original, await change(30, 10, 1, 9), corner, mask, 4)
  t.same([Math.round(most), total], [9, 16 * 30])
  t.match(deviation(original, await change(22, 10, 1, 9), corner, mask, 4), { most: 0, high: 0 }, 'it is as near to the mask as a block')
  const grained = (step: number) => draw(160, 120, 4, (x, y) => [0, 1, 2].map(channel => Math.round(120 + x / 8 + 8 * noise(x, y, channel) + (x < 80 ? step : 0))).concat(255))
  const half = draw(160, 120, 1, x => [x < 80 ? 255 : 0]).data
  const [even, uneven] = [measureSeam(await read(grained(0)), half), measureSeam(await read(grained(8)), half)]
  t.same([isVisible(even, even), isVisible(uneven, even)], [false, true], 'in grain, too')
  const stepped = await read(draw(width, height, 4, (x, y) => [100 + x + (x < 20 ? 12 : 0), 100 + y + (x < 20 ? 12 : 0), 100 + (x < 20 ? 12 : 0), 255]))
  t.match(deviation(original, stepped, corner, undefined, 0), { high: 12 }, 'what one in a thousand has is not high, what all have is')
  const [smooth, step] = [measureSeam(original, mask), measureSeam(stepped, mask)]
  t.ok(smooth.across < smooth.around + 0.5 && step.across > step.around + 10 && step.pairs === height, JSON.stringify([smooth, step]))
})

t.test('the set has sixty images and more, of every class', async t => {
  t.ok(imageNames.length >= 60 && new Set(imageNames).size === imageNames.length)
  const images = await makeImages(quickNames)
  t.same(new Set(images.map(image => image.class)), new Set(classes))
  const [first] = await makeImages(quickNames.slice(0, 1))
  t.ok(first && images[0]?.bytes.equals(first.bytes), 'the same ones each time')
})

t.test('no promise is broken in a sample of sixty cases, over all operations, providers and formats', { timeout: 300_000 }, async t => {
  const [images, background] = [await makeImages(quickNames), await makeBackground()]
  const service = await startService()
  t.after(() => service.close())
  t.equal(service.providers.length, 6)
  const { cases, notOffered } = await findCases(service, images, background)
  const chosen = sample(cases, 60)
  t.same(new Set(chosen.map(({ wish: { operation } }) => operation)), new Set(operationNames))
  t.same(new Set(chosen.map(({ provider }) => provider)), new Set(service.providers))
  t.same(new Set(chosen.map(({ format }) => format)), new Set(formats))
  const outcomes = await run(service, chosen, { background })
  t.equal(outcomes.length, 60)
  t.same(outcomes.flatMap(broken), [])
  const compared = outcomes.filter(({ changed }) => changed === 0).length
  t.ok(compared >= 10, `pixels were really compared: ${compared}`)
  t.match(table(outcomes, notOffered), /^operation +provider +cases/)
  t.match(reasons(notOffered), /does not do it/)
  t.match(seamLine(outcomes), { isBroken: false })
})
