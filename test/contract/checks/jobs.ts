import assert from 'node:assert/strict'
import { inspect } from '../image-facts.ts'
import { offersOf, submitJob } from '../jobs.ts'
import { describeError, sampleOf } from '../observation.ts'
import type { Check } from '../options.ts'
import type { Look, Subject } from '../subject.ts'
import { thaw } from '../witness.ts'

const maxHandleBytes = 4096

/** For providers that answer some edits later. */
export function jobChecks (subject: Subject, look: Look): Check[] {
  return [...look.polls ? [handleCheck, resumeCheck] : [], ...look.cancels ? [cancelCheck] : [], ...look.recovers ? [recoverCheck] : []]
    .map(check => check(subject, look))
}

function handleCheck (subject: Subject, look: Look): Check {
  return {
    name: 'a job\'s handle is plain JSON of at most 4 kB',
    async run () {
      await using setup = await subject.setUp()
      const { handle } = (await submitJob(subject, look, await setup.open())).pending
      assert.deepEqual(thaw(handle), handle, 'JSON does not give back what the handle holds')
      const bytes = Buffer.byteLength(JSON.stringify(handle))
      assert.ok(bytes <= maxHandleBytes, `it has ${bytes} bytes`)
    }
  }
}

function resumeCheck (subject: Subject, look: Look): Check {
  return {
    name: 'a job is taken up from its handle by another instance',
    async run () {
      await using setup = await subject.setUp()
      const one = await setup.open()
      const { pending } = await submitJob(subject, look, one)
      await one.close()

      const other = await setup.open()
      const bytes = await other.finish({ ...pending, handle: thaw(pending.handle) })
        .catch((err: unknown) => assert.fail(`it comes to nothing: ${describeError(err)}`))
      await inspect(bytes)
      assert.deepEqual(other.wiretap.calls.filter(({ paid }) => paid), [], 'it was paid for again')
    }
  }
}

function cancelCheck (subject: Subject, look: Look): Check {
  return {
    name: 'a job can be cancelled',
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const { pending } = await submitJob(subject, look, kernel)
      await kernel.provider.cancel?.(thaw(pending.handle), kernel.context())
    }
  }
}

function recoverCheck (subject: Subject, look: Look): Check {
  return {
    name: 'recover finds nothing where nothing was submitted',
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const [{ card, operation }] = offersOf(look)
      const edit = await kernel.adapt(await sampleOf(subject, card, operation))
      const found = await kernel.provider.recover?.(edit, { ...kernel.context(), submittedAt: Date.now() })
      assert.equal(found, null, 'it found something')
      assert.deepEqual(kernel.wiretap.calls.filter(({ paid }) => paid), [], 'it was paid for')
    }
  }
}
