import t from 'tap'
import { commonFaults } from '../vendors/faults.ts'
import { wavespeedFaults } from '../vendors/wavespeed/answers.ts'
import { wavespeed } from './houses.ts'
import { meets, sabotaged, testRow, type Row } from './matrix.ts'
import { lost } from './sabotages.ts'

t.jobs = 8

type Outcome = Omit<Row, 'fault' | 'arrange' | 'house'>

const fine: Outcome = { code: null, billed: 'yes' }
const unsupported: Outcome = { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' }
const auth: Outcome = { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no' }
const quota: Outcome = { code: 'EDIT_ERR_PROVIDER_QUOTA', billed: 'no' }
const refused: Outcome = { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'no' }
// The task may exist by then: the vendor's own clients do not repeat it either.
const down: Outcome = { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'maybe', charged: 0 }
const unreadable: Outcome = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' }
const silent: Outcome = { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', silent: true }

/** What each fault that WaveSpeed's emulator knows comes to when a create call meets it. */
const outcomes: Record<string, Outcome> = {
  bad_request: unsupported,
  content_refused: refused,
  insufficient_400: quota,
  unauthorized: auth,
  payment_required: quota,
  balance_not_enough: quota,
  forbidden: auth,
  not_found: unsupported,
  too_large: unsupported,
  // Its limits begin anew every minute.
  too_many_requests: { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', billed: 'no', retryAfter: '60' },
  'retry_after:300': { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', billed: 'no', retryAfter: '300' },
  internal_error: down,
  api_bad_gateway: down,
  api_unavailable: down,
  api_timeout: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', charged: 0 },
  'hidden:402': quota,
  // A task that failed is given back; one that somebody cancelled perhaps not.
  task_failed: { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'no' },
  task_moderated: refused,
  task_unfunded: quota,
  task_cancelled: { ...unreadable, charged: 0 },
  task_timeout: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'no' },
  task_deleted: { ...unreadable, charged: 0 },
  task_nsfw: { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'yes' },
  sync_timeout: fine,
  sync_created: fine,
  sync_processing: fine,
  completed_at_once: fine,
  // Other readings of the documentation.
  'task_status:500': { ...down, charged: 1 },
  no_wrapper: fine,
  bare: fine,
  nulls: fine,
  strange_status: fine,
  pending_status: fine,
  foreign_urls: fine,
  error_object: fine,
  output_objects: fine,
  // Here the addresses stand where base64 should.
  output_data_uris: { code: 'EDIT_ERR_OUTPUT_REJECTED', billed: 'yes' },
  no_outputs: unreadable,
  strange_outputs: unreadable,
  bad_id: unreadable,
  no_nsfw: fine,
  reset_before: { ...unreadable, charged: 0 },
  reset_after: unreadable,
  hang: silent,
  'delay:150': fine,
  'slow_body:10': fine,
  truncated_body: unreadable,
  stalled_body: silent,
  garbage_body: unreadable,
  empty_200: unreadable,
  html_200: unreadable,
  other_json_200: unreadable,
  wrong_type: fine,
  'status:500': down,
  bad_gateway: down,
  unavailable: down,
  gateway_timeout: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }
}

const create = 'POST /api/v3/wavespeed-ai'
for (const [fault, outcome] of Object.entries(outcomes)) testRow(t, { fault, house: wavespeed(), arrange: meets(fault, { match: create }), ...outcome })
for (const [fault, sabotage] of Object.entries(lost)) testRow(t, { fault, house: wavespeed(), arrange: sabotaged(sabotage, create), ...unreadable })

// The picture's address is the upload's, which nobody else has: the vendor's history shows whose task it is.
for (const [fault, sabotage] of Object.entries(lost)) {
  testRow(t, { fault: `${fault}, of a task that the history shows`, house: wavespeed({ inlineBytes: 0, showInputs: true }), arrange: sabotaged(sabotage, create), ...fine })
}

t.test('every fault that the emulator knows has its row', { buffered: true }, async t => {
  const rows = Object.keys(outcomes).map(name => name.replace(/:.*/, ''))
  t.same(rows.toSorted(), Object.keys({ ...commonFaults, ...wavespeedFaults }).toSorted())
})
