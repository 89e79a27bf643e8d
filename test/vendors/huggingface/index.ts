import { createEmulator, type Emulator } from '../emulator.ts'
import { Accounts, type Account } from './accounts.ts'
import type { Desk } from './desk.ts'
import { serveFal } from './fal-ai.ts'
import { huggingFaceFaults } from './faults.ts'
import type { Manners } from '../manners.ts'
import { createFiles } from './files.ts'
import { serveHfInference } from './hf-inference.ts'
import { createHub, type Shape } from './hub.ts'
import { Jobs } from './jobs.ts'
import { defaultModels, type HubModels } from './models.ts'
import { serveReplicate } from './replicate.ts'
import { serveTogether } from './together.ts'
import { serveWavespeed } from './wavespeed.ts'

export interface HuggingFaceEmulatorOptions {
  /** Of the router, the Hub and the host of results; 0 = any. */
  readonly port?: number
  readonly hubPort?: number
  readonly filesPort?: number
  /** Token → what it may. Default: one with 100 USD that may put calls on the bill of `acme`. */
  readonly accounts?: Readonly<Record<string, Account>>
  /** Default: the models of models.ts. */
  readonly models?: HubModels
  /** How the Hub tells the mapping. Default `record`. */
  readonly shape?: Shape
  /** Questions for a job that are answered with "not yet". Default 1. */
  readonly jobPolls?: number
  /** Replicate keeps a caller who asked for it waiting for the result. Default true. */
  readonly waits?: boolean
  /** Default: it changes nothing but what it is to edit. */
  readonly manners?: Manners
}

/** The router; its calls, script and money. USD is the unit of `charged`. */
export interface HuggingFaceEmulator extends Omit<Emulator, 'route' | 'listen'> {
  /** The first account's token. */
  readonly key: string
  readonly hub: Emulator
  /** The host of the results. */
  readonly files: Emulator
  /** USD left on a token. */
  balance (token?: string): number
}

export const defaultKey = 'hf_emulatorEmulatorEmulatorEmulator00'

/**
 * Hugging Face on this machine, on three ports: the router of the Inference Providers with the five APIs behind it that edit
 * images, the Hub with its mapping, and a host for results. As strict as the vendors, and stricter where they are silent:
 * unknown fields are refused. Only what was made is charged, the black picture of a safety checker too.
 */
export async function createHuggingFaceEmulator ({
  port = 0, hubPort = 0, filesPort = 0, accounts: table = { [defaultKey]: { credits: 100, organizations: ['acme'] } }, models = defaultModels, shape = 'record', jobPolls = 1, waits = true, manners
}: HuggingFaceEmulatorOptions = {}): Promise<HuggingFaceEmulator> {
  const accounts = new Accounts(table)
  const router = createEmulator({ faults: huggingFaceFaults })
  const hub = createHub({ models, accounts, shape })
  const files = createFiles()
  const desk: Desk = { router, models, accounts, files, jobs: new Jobs(jobPolls), waits, manners }
  for (const serve of [serveFal, serveReplicate, serveWavespeed, serveTogether, serveHfInference]) serve(desk)
  await Promise.all([router.listen(port), hub.listen(hubPort), files.emulator.listen(filesPort)])
  const [key = ''] = Object.keys(table)
  return {
    ...router,
    url: router.url,
    key,
    hub,
    files: files.emulator,
    balance: (token = key) => accounts.balance(token),
    close: async () => { await Promise.all([router.close(), hub.close(), files.emulator.close()]) }
  }
}
