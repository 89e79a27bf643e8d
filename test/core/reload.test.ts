import { pino } from 'pino'
import t from 'tap'
import { buildApp } from '../../core/app.ts'
import { configFrom, loadConfig } from '../../core/config.ts'
import { reload } from '../../core/reload.ts'

t.test('a good order is taken over whole, a bad one changes nothing and says why', async t => {
  const directory = t.testdir({
    'good.json': '{"order":{"erase":["local"],"inpaint":["local/local-outpaint"]},"port":1}',
    'unknown.json': '{"order":{"erase":["local"],"inpaint":["nobody"]}}',
    'broken.json': '{"order":',
    'wrong.json': '{"order":{},"port":"high"}'
  })
  const load = (name: string) => loadConfig({ RETOUCH_CONFIG: name }, directory)
  const lines: Array<Record<string, unknown>> = []
  const logger = pino({ level: 'info' }, { write: line => { lines.push(JSON.parse(line)) } })
  const app = await buildApp(configFrom({ order: { inpaint: ['local'] } }), { logger })
  t.after(() => app.close())
  const models = () => [app.edits.offers('inpaint').length, app.edits.offers('erase').length, app.edits.offers('outpaint').length]
  const all = app.edits.offers().length
  const before = models()
  t.ok(all > (before[0] ?? all))

  for (const [name, reason] of [['unknown.json', /order\.inpaint: "nobody" is no provider; known: .*local/], ['broken.json', /broken\.json .*JSON/], ['wrong.json', /port must be integer/]] as const) {
    reload(app, () => load(name))
    t.match(lines.at(-1), { level: 50, msg: 'order not reloaded: the old one stays', err: { message: reason } })
    t.same(models(), before, name)
  }

  reload(app, () => load('good.json'))
  t.match(lines.at(-1), { level: 30, msg: 'order reloaded', order: { erase: ['local'], inpaint: ['local/local-outpaint'] } })
  t.same(models(), [1, before[0], all])

  reload(app)
  t.equal(lines.at(-1)?.level, 30, 'by default the configuration is read where it was at the start')
})
