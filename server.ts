import closeWithGrace from 'close-with-grace'
import { buildApp, loadConfig } from './core/index.ts'

const config = loadConfig()
const app = await buildApp(config)
closeWithGrace({ delay: config.closeMs, logger: app.log }, async ({ err }) => {
  if (err) app.log.fatal({ err }, 'closing after an unforeseen error')
  await app.close()
})
await app.listen({ host: config.host, port: config.port })
