import t from 'tap'
import { errorTable } from '../../../core/errors.ts'
import { wireCodes } from '../../../plugins/http-openai/codes.ts'

t.test('every code of the kernel has its place, with the class that OpenAI\'s libraries give it', async t => {
  t.same(Object.keys(wireCodes).toSorted(), Object.keys(errorTable).toSorted())
  for (const [name, { status }] of Object.entries(errorTable)) {
    const wire = Object.entries(wireCodes).find(([known]) => known === name)?.[1].status ?? 0
    t.equal(wire >= 500, status >= 500 && name !== 'EDIT_ERR_PROVIDER_RATE_LIMITED', name)
    t.ok([400, 429, 502, 503, 504].includes(wire), name)
  }
})
