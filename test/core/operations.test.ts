import t from 'tap'
import { inputNames, operationNames, operations } from '../../core/operations.ts'

t.test('every operation is described, and names only known inputs', async t => {
  t.same(Object.keys(operations), operationNames)
  for (const info of Object.values(operations)) {
    t.ok(info.label.length > 0 && info.description.endsWith('.'))
    for (const name of [...Object.keys(info.inputs), ...info.requiresOneOf ?? []]) {
      t.ok(inputNames.some(known => known === name), name)
    }
  }
})
