import t from 'tap'
import { commonFaults } from '../vendors/faults.ts'
import { stabilityFaults } from '../vendors/stability/answers.ts'
import { stability } from './houses.ts'
import { meets, sabotaged, testRow, type Row } from './matrix.ts'
import { broken, endless, lost } from './sabotages.ts'

t.jobs = 8

type Outcome = Omit<Row, 'fault' | 'arrange' | 'house'>

const fine: Outcome = { code: null, billed: 'yes' }
const unsupported: Outcome = { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' }
const auth: Outcome = { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no' }
const down: Outcome = { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no', tries: 2 }
const refused: Outcome = { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'no' }
const unreadable: Outcome = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' }
const silent: Outcome = { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', silent: true }

/** What each fault that Stability AI's emulator knows comes to. */
const outcomes: Record<string, Outcome> = {
  bad_request: unsupported,
  unauthorized: auth,
  v1_unauthorized: auth,
  payment_required: { code: 'EDIT_ERR_PROVIDER_QUOTA', billed: 'no' },
  content_moderation: refused,
  public_figure: refused,
  not_found: unsupported,
  payload_too_large: unsupported,
  invalid_language: unsupported,
  // It locks a key out for a minute and does not say so.
  rate_limit_exceeded: { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', billed: 'no', retryAfter: '60' },
  'rate_limit_retry_after:300': { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', billed: 'no', retryAfter: '300' },
  internal_error: down,
  content_filtered: { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe' },
  unknown_finish: unreadable,
  reset_before: { ...unreadable, charged: 0 },
  reset_after: unreadable,
  hang: silent,
  'delay:150': fine,
  'slow_body:10': fine,
  truncated_body: unreadable,
  stalled_body: silent,
  garbage_body: { code: 'EDIT_ERR_OUTPUT_REJECTED', billed: 'yes' },
  empty_200: unreadable,
  html_200: unreadable,
  other_json_200: unreadable,
  wrong_type: unreadable,
  'status:500': down,
  bad_gateway: { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'maybe', charged: 0 },
  unavailable: down,
  gateway_timeout: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }
}

for (const [fault, outcome] of Object.entries(outcomes)) testRow(t, { fault, house: stability, arrange: meets(fault), ...outcome })
for (const [fault, sabotage] of Object.entries({ ...lost, ...broken })) testRow(t, { fault, house: stability, arrange: sabotaged(sabotage), ...unreadable })
for (const [fault, sabotage] of Object.entries(endless)) testRow(t, { fault, house: stability, arrange: sabotaged(sabotage), ...silent })

t.test('every fault that the emulator knows has its row', { buffered: true }, async t => {
  const rows = Object.keys(outcomes).map(name => name.replace(/:.*/, ''))
  t.same(rows.toSorted(), Object.keys({ ...commonFaults, ...stabilityFaults }).toSorted())
})
