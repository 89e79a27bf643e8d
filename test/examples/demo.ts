/** `npm run demo`: the vendors' emulators and the gateway in one process, ready for the README's commands on all providers. */
import { buildApp, loadConfig } from '../../core/index.ts'
import { startSandbox } from '../vendors/sandbox.ts'

const { environment, url } = await startSandbox()
const config = loadConfig({ LOG_LEVEL: 'warn', ...process.env, ...environment })
const app = await buildApp(config)
const address = await app.listen({ host: config.host, port: config.port })
console.log(`Retouch at ${address}, with ${app.edits.providers().filter(({ status }) => status === 'ready').map(({ name }) => name).join(', ')}.

An edit by a vendor:      sh test/examples/edit.sh out.png '"operation":"general_edit","prompt":"a red hat"' image_base64=test/examples/images/meadow.jpg
Break the first vendor:   curl -X POST '${url}/break/wavespeed/unavailable?calls=3'
Edit again:               the answer's "attempts" show who failed and who took over.
What it would have cost:  curl ${url}/calls`)
