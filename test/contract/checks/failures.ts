import assert from 'node:assert/strict'
import { EditError } from '../../../core/errors.ts'
import { faultNames, pollFaults, submitToFaults, type Failure } from '../failures.ts'
import { inspect } from '../image-facts.ts'
import { describeError } from '../observation.ts'
import { once } from '../once.ts'
import type { Check } from '../options.ts'
import { assertHidden } from '../secrets.ts'
import type { Look, Subject } from '../subject.ts'

/** What a provider may say of a vendor that failed. The other codes are the kernel's and the caller's. */
const vendorCodes = new Set([
  'EDIT_ERR_CONTENT_REJECTED', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'EDIT_ERR_PROVIDER_AUTH', 'EDIT_ERR_PROVIDER_QUOTA',
  'EDIT_ERR_PROVIDER_RATE_LIMITED', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'EDIT_ERR_PROVIDER_TIMEOUT', 'EDIT_ERR_PROVIDER_RESPONSE'
])

/** For providers that call a vendor: what they make of one that fails. */
export function failureChecks (subject: Subject, look: Look): Check[] {
  const steps = {
    submit: once(() => submitToFaults(subject, look)),
    ...look.polls && { poll: once(() => pollFaults(subject, look)) }
  }
  return Object.entries(steps).flatMap(([step, meet]) => [
    ...faultNames.map(fault => ({
      name: `${step} throws an error of the table when its vendor ${fault}`,
      async run () {
        for (const { ending } of (await meet()).filter(failure => failure.fault === fault)) await checkEnding(ending)
      }
    })),
    {
      name: `${step} never repeats a paid call`,
      async run () {
        for (const { fault, paid } of await meet()) assert.ok(paid <= 1, `its vendor ${fault}: ${paid} paid calls`)
      }
    },
    {
      name: `${step} shows no key when its vendor fails`,
      async run () {
        for (const { fault, ending, log } of await meet()) {
          assertHidden(look.secrets, ending, `what comes of it when its vendor ${fault}`)
          assertHidden(look.secrets, log.join(''), `the log when its vendor ${fault}`)
        }
      }
    }
  ])
}

async function checkEnding (ending: Failure['ending']): Promise<void> {
  if ('submission' in ending) return await checkTaken(ending.submission)
  const { error } = ending
  assert.ok(error instanceof EditError, `it threw no EditError: ${describeError(error)}`)
  assert.ok(vendorCodes.has(error.code), `${error.code} is not for a provider to say`)
  assert.ok(error.message.trim() !== '', 'its message is empty')
  assert.deepEqual(JSON.parse(JSON.stringify(error.details)), error.details, 'its details are not plain JSON')
}

/** A provider may pass bytes on unread, since the kernel reads them: then it must be the kernel that finds them out. */
async function checkTaken (submission: Exclude<Failure['ending'], { error: unknown }>['submission']): Promise<void> {
  assert.equal(submission.state, 'done', 'it takes the answer for a job that is under way')
  for (const image of submission.result.images) {
    assert.ok('bytes' in image, 'it takes the answer for the address of a result')
    await assert.rejects(inspect(image.bytes))
  }
}
