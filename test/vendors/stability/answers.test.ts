import t from 'tap'
import { complete, resultPath, start } from './client.ts'

t.test('fails as the vendor fails, and charges nothing for it', async t => {
  const { emulator, edit } = await start(t)
  const statuses = {
    bad_request: 400,
    unauthorized: 401,
    payment_required: 402,
    content_moderation: 403,
    payload_too_large: 413,
    invalid_language: 422,
    public_figure: 422,
    rate_limit_exceeded: 429,
    internal_error: 500
  }
  for (const [name, status] of Object.entries(statuses)) {
    emulator.script.next(1, name)
    t.match(await edit('inpaint'), { status, json: { id: String, name, errors: [/[a-z]{3}/] } })
    t.equal(emulator.script.hits(name), 1)
  }
  emulator.script.next(1, 'v1_unauthorized')
  t.match(await edit('inpaint'), { status: 401, json: { message: 'Incorrect API key provided: sk-shown-in-the-answer' } })
  emulator.script.next(1, 'rate_limit_retry_after:7')
  emulator.script.next(1, 'rate_limit_retry_after')
  t.equal((await edit('inpaint')).headers.get('retry-after'), '7')
  t.equal((await edit('inpaint')).headers.get('retry-after'), '1')
  t.equal(emulator.spent(), 0)
})

t.test('blurs what breaks its content policy, in both ways of answering, also in a job', async t => {
  const { emulator, edit, send } = await start(t, { jobPolls: 0 })
  const prompt = 'a green apple [fault:content_filtered]'
  const filtered = await edit('inpaint', { ...complete.inpaint, prompt, seed: '3' })
  t.equal(filtered.status, 200)
  t.equal(filtered.headers.get('finish-reason'), 'CONTENT_FILTERED')
  t.match(await edit('inpaint', { ...complete.inpaint, prompt }, { accept: 'application/json' }), { status: 200, json: { finish_reason: 'CONTENT_FILTERED' } })

  const relight = 'replace-background-and-relight'
  const marked = await send(resultPath(await edit(relight, { ...complete[relight], background_prompt: prompt })))
  t.equal(marked.headers.get('finish-reason'), 'CONTENT_FILTERED')
  emulator.script.next(1, 'content_filtered', 'GET /v2beta/results/')
  const late = await send(resultPath(await edit(relight)))
  t.equal(late.headers.get('finish-reason'), 'CONTENT_FILTERED')
  emulator.script.next(1, 'unknown_finish')
  t.equal((await edit('inpaint')).headers.get('finish-reason'), 'PARTIAL')
})

t.test('charges for work whose answer never arrives', async t => {
  const { emulator, edit } = await start(t)
  emulator.script.next(1, 'reset_after')
  await t.rejects(edit('inpaint'))
  t.equal(emulator.balance(), 995)
  emulator.script.next(1, 'reset_before')
  await t.rejects(edit('inpaint'))
  t.equal(emulator.balance(), 995)
})
