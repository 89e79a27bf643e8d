import t from 'tap'
import { issue } from '../../../plugins/http-edit/pydantic.ts'
import { Refusal } from '../../../plugins/http-edit/refusal.ts'

t.test('a refusal reads well in a log', async t => {
  t.equal(new Refusal(400, 'no').message, 'no')
  const issues = [issue('missing', ['body', 'image_base64'], {}), issue('int_type', ['body', 'seed'], [])]
  t.equal(new Refusal(422, issues).message, 'body.image_base64: Field required; body.seed: Input should be a valid integer')
})
