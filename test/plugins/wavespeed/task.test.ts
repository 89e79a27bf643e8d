import t from 'tap'
import { errorOf, imagesOf, isMarked, isRunning, readTask, statusOf } from '../../../plugins/wavespeed/task.ts'

t.test('reads a task in its envelope, and without one', async t => {
  t.match(readTask({ code: 200, message: 'success', data: { id: 'ab12', status: 'created' } }), { id: 'ab12', status: 'created' })
  t.match(readTask({ id: 'ab12', outputs: null, error: null, status: null, has_nsfw_contents: null }), { id: 'ab12' })
  for (const json of [undefined, null, 'text', [], {}, { data: null }, { data: {} }, { data: { id: 7 } }, { data: { id: 'a', status: 7 } }, { data: { id: 'a', outputs: 'x' } }]) {
    t.equal(readTask(json), undefined, JSON.stringify(json))
  }
})

t.test('takes no id that would lead elsewhere', async t => {
  for (const id of ['../balance', 'a/b', 'a?b', 'a#b', 'a b', '', 'a'.repeat(129)]) t.equal(readTask({ data: { id } }), undefined, id)
})

t.test('a task without a status has just been created, and 5004 means that it goes on', async t => {
  t.equal(statusOf({ id: 'a' }), 'created')
  t.equal(statusOf({ id: 'a', status: null }), 'created')
  t.equal(statusOf({ id: 'a', status: 'completed', code: 200 }), 'completed')
  t.equal(statusOf({ id: 'a', status: 'timeout', code: 5004 }), 'processing')
  t.same(['created', 'pending', 'processing', 'completed', 'failed', 'hibernating'].map(isRunning), [true, true, true, false, false, false])
})

t.test('sees a mark on any picture', async t => {
  t.same([undefined, null, [], [false], 'true', [false, true]].map(marks => isMarked({ id: 'a', has_nsfw_contents: marks })), [false, false, false, false, false, true])
})

t.test('reads an error as text or object', async t => {
  t.same([undefined, '', 'no', null, 7, { code: 'E1' }, { code: 'E1', message: 'no' }].map(error => errorOf({ id: 'a', error })), ['', '', 'no', '', '', '', 'no'])
})

t.test('reads pictures as addresses, objects, base64 and data URIs', async t => {
  const bytes = Buffer.from('picture')
  const outputs = ['https://cdn.example/1.png', 'http://cdn.example/2.png', { url: 'https://cdn.example/3.png', type: 'image' }, 'cGljdHVyZQ==', 'data:image/png;base64,cGljdHVyZQ==']
  t.same(imagesOf({ id: 'a', outputs }), [
    { url: 'https://cdn.example/1.png' }, { url: 'http://cdn.example/2.png' }, { url: 'https://cdn.example/3.png' }, { bytes }, { bytes }
  ])
})

t.test('has no pictures where one of them cannot be read', async t => {
  for (const outputs of [undefined, null, [], [''], [7], [{}], [null], [{ url: 7 }], ['https://cdn.example/1.png', 7], [7, 'https://cdn.example/1.png']]) {
    t.equal(imagesOf({ id: 'a', outputs }), undefined, JSON.stringify(outputs))
  }
})
