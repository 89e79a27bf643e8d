import t from 'tap'
import { createFields } from '../../../plugins/http-openai/schema.ts'
import { operationNames } from '../../../core/operations.ts'

t.test('every field says what it is for, and operations are the kernel\'s', async t => {
  const { properties } = createFields(operationNames)
  t.same(properties.operation.enum, operationNames)
  for (const [name, rule] of Object.entries(properties)) t.match(rule.description, /[.?]$/, name)
})
