import assert from 'node:assert/strict'
import type { ModelCard, Operation, ProviderEdit } from '../../../core/index.ts'
import { difference, inspect } from '../image-facts.ts'
import { describeError, sampleOf } from '../observation.ts'
import type { Check } from '../options.ts'
import type { Subject } from '../subject.ts'

/** Two different edits, one after the other and then at once: each must come to the same as it did alone. */
export function isolationCheck (subject: Subject, card: ModelCard, operation: Operation): Check {
  return {
    name: `${card.id} ${operation}: two at once stay apart`,
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const adapted = async (which: 'first' | 'second') => await kernel.adapt(await sampleOf(subject, card, operation, which))
      const edits = [await adapted('first'), await adapted('second')]
      const attempt = async (edit: ProviderEdit) => {
        const bytes = await kernel.provider.submit(edit, kernel.context()).then(kernel.finish)
          .catch((err: unknown) => assert.fail(`there is no result: ${describeError(err)}`))
        await inspect(bytes)
        return bytes
      }
      const [first, second] = [await attempt(edits[0]), await attempt(edits[1])]
      assert.ok(await difference(first, second) > 2, 'two different images gave the same result, so nothing can be told from it')

      // Both begin in the same turn: whatever one of them keeps outside of its own call, the other finds.
      const together = await Promise.all(edits.map(attempt))
      assert.ok(await difference(together[0], first) < await difference(together[0], second), 'the first of two got the result of the second')
      assert.ok(await difference(together[1], second) < await difference(together[1], first), 'the second of two got the result of the first')
    }
  }
}
