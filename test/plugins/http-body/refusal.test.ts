import t from 'tap'
import { BodyRefusal, refuse, tooLarge } from '../../../plugins/http-body/refusal.ts'

t.test('a refusal says its status, what it is and where', async t => {
  t.match(new BodyRefusal(422, 'BODY_NO_JSON', 'Expecting value', 7), { statusCode: 422, code: 'BODY_NO_JSON', message: 'Expecting value', position: 7 })
  t.match(refuse('no'), { statusCode: 400, code: 'BODY_INVALID', message: 'no' })
  t.match(tooLarge('no'), { statusCode: 413, code: 'BODY_TOO_LARGE' })
})
