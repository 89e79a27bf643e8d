import { jsonAnswer } from '../answer.ts'
import { createEmulator, type Emulator } from '../emulator.ts'
import type { Accounts } from './accounts.ts'
import { huggingFaceFaults } from './faults.ts'
import type { HubModels, Serving } from './models.ts'

export type Shape = 'record' | 'array'

export interface HubOptions {
  readonly models: HubModels
  readonly accounts: Accounts
  /** The two ways in which the mapping is told. */
  readonly shape: Shape
}

const missing = { 'x-error-code': 'RepoNotFound', 'x-error-message': 'Repository not found' }

/** `GET /api/models/{id}?expand[]=inferenceProviderMapping`. A token is optional, but a wrong one is not forgiven. */
export function createHub ({ models, accounts, shape }: HubOptions): Emulator {
  const hub = createEmulator({ faults: huggingFaceFaults })
  hub.route('GET', '/api/models/*', ({ call: { headers, query }, params: { '*': id = '' } }) => {
    const { authorization } = headers
    if (authorization !== undefined && accounts.tokenOf(authorization) === undefined) {
      return jsonAnswer(401, { error: 'Invalid credentials in Authorization header' })
    }
    const { 'expand[]': expand } = query
    if (expand !== undefined && expand !== 'inferenceProviderMapping') return jsonAnswer(400, { error: `expand: ${expand} is not known` })
    const servings = Object.hasOwn(models, id) ? models[id] : undefined
    if (servings === undefined) {
      // Who shows no token is not told whether there is such a model.
      return authorization === undefined
        ? jsonAnswer(401, { error: 'Invalid username or password.' }, missing)
        : jsonAnswer(404, { error: 'Repository not found' }, missing)
    }
    const known = expand !== undefined && servings.length > 0
    return jsonAnswer(200, { _id: '64f0', id, ...known ? { inferenceProviderMapping: tell(id, servings, shape) } : {} })
  })
  return hub
}

function tell (id: string, servings: readonly Serving[], shape: Shape): unknown {
  const entries = servings.map(({ provider, providerId, status, task, adapter, adapterWeightsPath }) =>
    ({ provider, hfModelId: id, providerId, status, task, ...adapter && { adapter, adapterWeightsPath } }))
  if (shape === 'array') return entries
  return Object.fromEntries(entries.map(({ provider, hfModelId, ...entry }) => [provider, entry]))
}
