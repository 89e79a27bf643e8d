/** `npm run sandbox`: the vendors' emulators on fixed local ports, and the environment for a gateway that shall use them. */
import { startSandbox } from '../vendors/sandbox.ts'

const { environment, url } = await startSandbox()
console.log('# The vendors\' emulators are running. Environment for a gateway:\n')
for (const [name, value] of Object.entries(environment)) console.log(`export ${name}=${value}`)
console.log(`\n# Break a vendor for its next 3 calls:  curl -X POST '${url}/break/stability/unavailable?calls=3'`)
console.log(`# What the vendors saw and charged:     curl ${url}/calls`)
