import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { configFrom, loadConfig } from '../../core/config.ts'

t.test('without file and environment every setting has its default', async t => {
  const config = loadConfig({}, t.testdir())
  t.match(config, { host: '127.0.0.1', port: 3000, logLevel: 'info', deadlineMs: 170_000, order: {}, plugins: { directories: [] } })
  t.equal(config.limits.bodyBytes, 64 * 1024 * 1024)
  t.equal(config.limits.idleBytes, 128 * 1024 * 1024)
  t.same(config.downloads, { allowHosts: [], imageUrls: false })
})

t.test('the real environment is the default source', async t => {
  t.equal(typeof loadConfig().port, 'number')
})

t.test('the environment goes over the file, paths are relative to the file', async t => {
  const directory = t.testdir({
    'retouch.config.json': JSON.stringify({
      port: 1, logLevel: 'warn', order: { erase: ['a'] }, plugins: { directories: ['mine', '/abs'], a: { x: 1 }, b: false }, downloads: { allowHosts: ['one'], imageUrls: ['cdn.example'] }
    })
  })
  const config = loadConfig({ PORT: '4000', HOST: '0.0.0.0', LOG_LEVEL: 'debug', DOWNLOAD_ALLOW_HOSTS: 'two:80, ,three' }, directory)
  t.match(config, { port: 4000, host: '0.0.0.0', logLevel: 'debug', order: { erase: ['a'] } })
  t.same(config.plugins, { directories: [join(directory, 'mine'), '/abs'], a: { x: 1 }, b: false })
  t.same(config.downloads, { allowHosts: ['one', 'two:80', 'three'], imageUrls: ['cdn.example'] })
})

t.test('RETOUCH_CONFIG names another file, which must exist', async t => {
  const directory = t.testdir({ 'other.json': '{"port":5}' })
  t.equal(loadConfig({ RETOUCH_CONFIG: 'other.json' }, directory).port, 5)
  t.throws(() => loadConfig({ RETOUCH_CONFIG: 'none.json' }, directory), /RETOUCH_CONFIG names .*none\.json, which does not exist/)
})

t.test('breakers may be told to let everybody rest not at all', async t => {
  t.match(configFrom({ breakers: { openMs: 0, maxOpenMs: 0, refusedMs: 0 } }).breakers, { openMs: 0, maxOpenMs: 0, refusedMs: 0 })
  t.throws(() => configFrom({ breakers: { refusedMs: -1 } }), /breakers\.refusedMs/)
})

t.test('a bad file or variable stops the start and is named', async t => {
  const directory = t.testdir()
  writeFileSync(join(directory, 'retouch.config.json'), '{"port":')
  t.throws(() => loadConfig({}, directory), /retouch\.config\.json cannot be read as JSON/)
  t.throws(() => configFrom({ limits: { bodyBytes: 'many' } }), /configuration: limits\.bodyBytes must be integer/)
  t.equal(configFrom({ downloads: { imageUrls: true } }).downloads.imageUrls, true)
  for (const imageUrls of ['all', 1, {}, ['']]) t.throws(() => configFrom({ downloads: { imageUrls } }), /configuration: downloads\.imageUrls/, String(imageUrls))
  t.throws(() => configFrom({ colour: 'red' }), /colour is not known/)
  t.throws(() => configFrom([]), /configuration: the whole must be object/)
  t.throws(() => configFrom({ order: { paint: ['a'] } }), /order\.paint is not known/)
  t.throws(() => configFrom({}, { environment: { PORT: 'high' } }), /environment: port must be integer/)
})
