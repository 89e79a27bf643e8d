import { enableCompileCache, flushCompileCache } from 'node:module'

// Before anything else is imported: compiled and stripped sources are kept between starts.
enableCompileCache()
const { buildApp, loadConfig } = await import('./core/index.ts')
const { default: closeWithGrace } = await import('close-with-grace')

const config = loadConfig()
const app = await buildApp(config)
closeWithGrace({ delay: config.closeMs, logger: app.log }, async ({ err }) => {
  if (err) app.log.fatal({ err }, 'closing after an unforeseen error')
  await app.close()
})
await app.listen({ host: config.host, port: config.port })
// A signal ends the process without writing it.
flushCompileCache()
