import type { ModelCard, Operation } from '../../../core/index.ts'
import type { Observation } from '../observation.ts'
import type { Check } from '../options.ts'
import { assertHidden } from '../secrets.ts'
import type { Look, Subject } from '../subject.ts'

export function listingSecretCheck (subject: Subject): Check {
  return {
    name: 'shows no key in its listing and cards',
    async run () {
      await using setup = await subject.setUp()
      const { listings, provider } = await setup.open()
      assertHidden(setup.secrets, [listings, provider.name, provider.vendor, provider.account, provider.models], 'what it registers')
    }
  }
}

/** While all goes well. For failures see `failureChecks`. */
export function editSecretCheck ({ secrets }: Look, card: ModelCard, operation: Operation, seen: () => Promise<Observation>): Check {
  return {
    name: `${card.id} ${operation}: shows no key in results, job handles and logs`,
    async run () {
      const { witness, outcome, log } = await seen()
      assertHidden(secrets, [witness.submissions, outcome], 'what comes of it')
      assertHidden(secrets, log.join(''), 'the log')
    }
  }
}
