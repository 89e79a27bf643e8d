import t from 'tap'
import { flux, image, qwen, start } from './client.ts'

const request = { filename: 'ball one.png', size: image.length, content_type: 'image/png' }
const body = new Uint8Array(image)

t.test('gives a ticket for an upload, and takes the file at another host', async t => {
  let now = 1_000_000
  const { emulator, post, create, download } = await start(t, { now: () => now })
  const { status, json: { data } } = await post('/api/v3/media/uploads', request)
  t.equal(status, 200)
  t.match(data, { download_url: /\/uploads\/[0-9a-f]{32}\/ball%20one\.png$/, upload: { method: 'PUT', url: /\/tickets\//, headers: { 'Content-Type': 'image/png' } } })
  const { url = '', headers = {} } = data?.upload ?? {}
  const put = async (init: RequestInit) => (await fetch(url, { method: 'PUT', body, ...init })).status

  t.match(await create(qwen, { images: [data?.download_url] }), { status: 400, json: { message: 'images[0]: failed to download the image' } })
  t.equal(await put({ headers: { ...headers, authorization: `Bearer ${emulator.key}` } }), 403)
  t.equal(await put({ headers: { 'content-type': 'image/png' } }), 403)
  t.equal(await put({ headers: { ...headers, 'Content-Type': 'image/jpeg' } }), 403)
  t.equal(await put({ headers, body: body.subarray(1) }), 403)
  t.equal(await put({ headers }), 200)
  t.equal(await put({ headers }), 403, 'once')
  t.equal((await create(qwen, { images: [data?.download_url] })).status, 200)
  t.equal((await create(flux, { image: data?.download_url })).status, 200)
  t.ok((await download(data?.download_url)).bytes.equals(image))
  now += 7 * 24 * 60 * 60 * 1000
  t.equal((await create(qwen, { images: [data?.download_url] })).status, 400)
  t.equal((await download(data?.download_url)).status, 404)
})

t.test('asks for what a ticket needs', async t => {
  const { post } = await start(t)
  for (const change of [{ filename: undefined }, { size: 0 }, { size: '1' }, { name: 'x' }]) {
    t.match(await post('/api/v3/media/uploads', { ...request, ...change }), { status: 400 })
  }
  t.match(await post('/api/v3/media/uploads', 'no json'), { status: 400 })
  t.match(await post('/api/v3/media/uploads', { ...request, size: 20 * 1024 * 1024 + 1 }), { status: 413, json: { code: 413 } })
  t.match((await post('/api/v3/media/uploads', { filename: 'a', size: 1 })).json.data?.upload?.headers, { 'Content-Type': 'application/octet-stream' })
})

t.test('takes a file as a form, as it did before', async t => {
  const { emulator, send, post, create } = await start(t, { uploadTickets: false })
  t.match(await post('/api/v3/media/uploads', request), { status: 404 })
  const form = new FormData()
  form.append('file', new File([body], 'ball.png', { type: 'image/png' }))
  const { status, json } = await send('/api/v3/media/upload/binary', { method: 'POST', body: form })
  t.equal(status, 200)
  t.match(json, { code: 200, data: { type: 'image', filename: 'ball.png', size: image.length, download_url: /^http/ } })
  t.equal((await create(qwen, { images: [json.data?.download_url] })).status, 200)
  t.match(emulator.calls.find(({ path }) => path.endsWith('binary'))?.fields, { file: `ball.png ${image.length}` })

  t.match(await post('/api/v3/media/upload/binary', {}), { status: 400 })
  const text = new FormData()
  text.append('file', 'no file')
  t.match(await send('/api/v3/media/upload/binary', { method: 'POST', body: text }), { status: 400 })
  const large = new FormData()
  large.append('file', new File([new Uint8Array(20 * 1024 * 1024 + 1)], 'large.png'))
  t.match(await send('/api/v3/media/upload/binary', { method: 'POST', body: large }), { status: 413 })
})
