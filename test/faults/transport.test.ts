import t from 'tap'
import { serveSocket } from '../core/upstream/servers.ts'
import { shop } from './houses.ts'
import { meets, ofJob, sabotaged, testRow, type Row } from './matrix.ts'
import { cut, endless, lost } from './sabotages.ts'

t.jobs = 8

/** Not one byte of the order left: it may be made again, once by the budget, and then anywhere. */
const unreachable: Record<string, Row['arrange']> = {
  'a refused connection': () => 'http://127.0.0.1:1',
  // No label of a name has more than 63 letters: it fails without anybody being asked.
  'a name that is not there': () => `http://${'x'.repeat(64)}.invalid`,
  'a certificate that nobody signed': async ({ t }) => (await serveSocket(t, () => {}, 'localhost')).origin,
  'another host\'s certificate': async ({ t }) => (await serveSocket(t, () => {}, 'other-host')).origin,
  'an expired certificate': async ({ t }) => (await serveSocket(t, () => {}, 'expired')).origin,
  'TLS to a port without': async ({ t }) => withTls(await serveSocket(t, socket => { socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') }))
}

const rows: Row[] = [
  ...Object.entries(unreachable).map(([fault, arrange]): Row => ({ fault, arrange, code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no', tries: 2, orders: 0 })),
  {
    fault: 'a TLS handshake that stalls',
    arrange: async ({ t }) => withTls(await serveSocket(t, () => {})),
    code: 'EDIT_ERR_PROVIDER_TIMEOUT',
    billed: 'no',
    orders: 0,
    silent: true
  },
  // Whether the order is written before the reset is known is a matter of luck.
  { fault: 'a connection that is cut at once', arrange: sabotaged(cut, ''), code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: ['no', 'maybe'], tries: [1, 2], orders: 0, charged: 0 },
  {
    fault: 'plain HTTP to a port with TLS',
    arrange: async ({ t }) => (await serveSocket(t, () => {}, 'localhost')).origin.replace('https', 'http'),
    code: 'EDIT_ERR_PROVIDER_RESPONSE',
    billed: 'maybe',
    orders: 0,
    charged: 0
  },
  ...Object.entries(lost).map(([fault, sabotage]): Row => ({ fault, arrange: sabotaged(sabotage), code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' })),
  ...Object.entries(endless).map(([fault, sabotage]): Row => ({ fault, arrange: sabotaged(sabotage), code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', silent: true }))
]

for (const row of rows) {
  testRow(t, row)
  testRow(t, ofJob(row))
}

/** The client loses its patience before the slice is over. */
const impatient: Row[] = [
  { fault: 'no answer', arrange: meets('hang'), code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' },
  { fault: 'a pause in the body', arrange: sabotaged(endless['a body that stops']), code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' },
  {
    fault: 'no connection',
    arrange: async ({ t }) => withTls(await serveSocket(t, () => {})),
    code: 'EDIT_ERR_PROVIDER_UNAVAILABLE',
    billed: 'no',
    tries: 2,
    orders: 0
  }
]
for (const row of impatient) {
  const wishes = { timeoutMs: 300 }
  const named = { ...row, fault: `${row.fault} in time` }
  testRow(t, { ...named, house: shop(wishes) })
  testRow(t, ofJob(named, wishes))
}

function withTls ({ host }: { host: string }): string {
  return `https://${host}`
}
