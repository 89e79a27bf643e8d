import t from 'tap'
import { image, resultPath, size, start } from './client.ts'
import { decode, flatPicture, pixelAt } from './pictures.ts'

t.test('relights later: by id, in progress at first, for a day, for its own key', async t => {
  let now = 1_000_000
  const { edit, send, emulator } = await start(t, {
    accounts: { 'sk-one': 100, 'sk-two': 100 }, jobPolls: 2, pollIntervalMs: 10_000, now: () => now
  })
  const reference = await flatPicture(size, [10, 200, 30])
  const { status, headers, json } = await edit('replace-background-and-relight', {
    subject_image: image, background_reference: reference, light_reference: image, light_source_strength: '0.2', seed: '5'
  })
  t.equal(status, 200)
  t.equal(headers.get('finish-reason'), null)
  t.match(json, { id: /^[0-9a-f]{64}$/ })
  const path = resultPath({ json })

  t.match(await send(path), { status: 202, json: { status: 'in-progress' } })
  t.match(await send(path), { status: 429, json: { id: 'rate_limit_exceeded', name: 'rate_limit_exceeded' } })
  now += 10_000
  t.match(await send(path, { headers: { accept: '*/*' } }), { status: 202 })
  now += 10_000
  t.match(await send(path, { headers: { authorization: 'sk-two' } }), { status: 404, json: { name: 'not_found' } })
  t.match(await send(path, { headers: { accept: 'image/png' } }), { status: 400, json: { name: 'bad_request' } })
  const picture = await send(path)
  t.match(picture, { status: 200 })
  t.equal(picture.headers.get('seed'), '5')
  const after = await decode(picture.bytes)
  const [red = 0, green = 0, blue = 0] = pixelAt(after, 3, 3)
  t.ok(green > red && green > blue)
  now += 10_000
  t.match(await send(path, { headers: { accept: 'application/json; type=image/png' } }), { status: 200, json: { finish_reason: 'SUCCESS', seed: 5 } })
  now += 24 * 60 * 60 * 1000
  t.match(await send(path), { status: 404 })
  t.match(await send('/v2beta/results/unknown'), { status: 404 })
  t.equal(emulator.spent(), 8)
})
