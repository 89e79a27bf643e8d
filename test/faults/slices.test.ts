import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { jsonAnswer } from '../vendors/answer.ts'
import { createWavespeedEmulator } from '../vendors/wavespeed/index.ts'
import { serve } from './chain.ts'
import { checkMoney } from './money.ts'
import { servePair } from './pair.ts'

t.jobs = 8

const settings = { shortestSliceMs: 1000, deadlineMs: 20_000 }

t.test('a picture that is still being fetched when its slice ends is not given up', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { first: { byUrl: true }, settings })
  first.script.next(1, 'delay:2500', 'GET /v1/files')
  second.script.next(1, 'hang')
  const reply = await edit()
  t.match(reply, { status: 200, provider: 'first', attempts: [{ provider: 'first', code: null, billed: 'yes', resumed: true }, { provider: 'second', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }] })
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
})

t.test('a job that ends after its slice wins while the next vendor works, and that one\'s job is cancelled', { buffered: true }, async t => {
  const words = [...Array.from({ length: 40 }, () => 'running'), 'done']
  const { first, second, edit } = await servePair(t, { first: { words }, options: { jobs: true }, settings })
  second.script.next(1, 'hang')
  const reply = await edit()
  t.match(reply, { status: 200, provider: 'first', attempts: [{ provider: 'first', code: null, resumed: true }, { provider: 'second', billed: 'maybe' }] })
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
  t.equal(first.orders().length, 1)
})

t.test('a job that outlived its slice is cancelled when the next vendor is first', { buffered: true }, async t => {
  const { first, second, edit } = await servePair(t, { first: { words: ['running'] }, options: { jobs: true }, settings })
  const reply = await edit()
  t.match(reply, { status: 200, provider: 'second', attempts: [{ provider: 'first', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }, { provider: 'second', code: null }] })
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
  while (first.cancelled().length === 0) await delay(5)
})

t.test('a job whose content is refused after its slice ends the chain: nobody else is asked, and who is at it is broken off', { buffered: true }, async t => {
  const { first, second, edit } = await servePair(t, { first: { words: ['running'] }, options: { jobs: true }, settings })
  second.script.next(1, 'hang')
  const running = edit()
  while (second.calls.length === 0) await delay(5)
  first.script.next(1, { change: () => jsonAnswer(200, { refused: 'after' }) }, 'GET /v1/jobs')
  const reply = await running
  t.match(reply, { status: 422, code: 'EDIT_ERR_CONTENT_REJECTED', attempts: [{ code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe' }, { provider: 'second', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }] })
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
})

t.test('a call is not left for others of the same vendor, who could not be asked after it', { buffered: true }, async t => {
  const emulator = await createWavespeedEmulator({ pixelScale: 1 / 16 })
  t.after(() => emulator.close())
  // Three quarters of the time are the slice of a model that takes long.
  const { edit } = await serve(t, {
    'wavespeed-qwen': {}, 'wavespeed-seedream': {}, wavespeed: { apiKey: emulator.key, baseUrl: emulator.url }
  }, { order: ['wavespeed-qwen', 'wavespeed-seedream'], deadlineMs: 4000 })
  emulator.script.next(1, 'delay:3400', 'edit-plus')
  t.match(await edit({ operation: 'general_edit', mask_base64: undefined }), { status: 200, provider: 'wavespeed-qwen', attempts: { length: 1 } })
  t.equal(Math.round(emulator.spent() * 100), 2)
})
