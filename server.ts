import { enableCompileCache, flushCompileCache } from 'node:module'

// Before anything else is imported: compiled and stripped sources are kept between starts.
enableCompileCache()
const { buildApp, loadConfig } = await import('./core/index.ts')
const { reload } = await import('./core/reload.ts')
const { default: closeWithGrace } = await import('close-with-grace')

const config = loadConfig()
const app = await buildApp(config)
process.on('SIGHUP', () => reload(app))
closeWithGrace({ delay: config.closeMs, logger: app.log, skip: ['SIGHUP'] }, async ({ err, signal }) => {
  if (err) app.log.fatal({ err }, 'closing after an unforeseen error')
  else app.log.info({ signal }, 'closing: what runs is finished, a second signal ends it at once')
  await app.close()
})
await app.listen({ host: config.host, port: config.port })
// A signal ends the process without writing it.
flushCompileCache()
