import t from 'tap'
import { continueTrace } from '../../../plugins/_http/trace-context.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'

t.test('the trace and its flags go on, with a new id for this hop', async t => {
  const continued = continueTrace(`00-${trace}-${span}-01`)
  t.match(continued, new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
  t.not(continued, continueTrace(`00-${trace}-${span}-01`))
  t.notMatch(continued, span)
  t.match(continueTrace(`00-${trace}-${span}-02`), /-02$/)
  t.match(continueTrace(`00-${trace}-${span}-fc`), /-00$/, 'flags without a meaning are cleared')
})

t.test('of a later version what is known goes on', async t => {
  for (const header of [`01-${trace}-${span}-01`, `cc-${trace}-${span}-01-what-the-future-holds`]) {
    t.match(continueTrace(header), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
  }
})

t.test('what is no trace context is ignored', async t => {
  const wrong = [
    undefined, '', 'x', `ff-${trace}-${span}-01`, `00-${trace}-${span}-01-more`, `00-${'0'.repeat(32)}-${span}-01`, `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`, `00-${trace}-${span}`, `00-${trace}-${span}-0`, `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
    `01-${trace}-${span}-01x`, [`00-${trace}-${span}-01`, `00-${trace}-${span}-01`]
  ]
  for (const header of wrong) t.equal(continueTrace(header), undefined, String(header))
})
