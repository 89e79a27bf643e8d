import { failure, fates, success, wavespeedFaults, type Fate } from './answers.ts'
import { Accounts, type RateLimit } from './accounts.ts'
import { accountRoutes } from './account-routes.ts'
import { uploadRoutes } from './upload-routes.ts'
import { readInputs, type Inputs } from './inputs.ts'
import { models, type Format, type Model, type ModelId } from './models.ts'
import { editPicture } from './pictures.ts'
import { createStorage } from './storage.ts'
import { Tasks, type TaskData, type TaskTimes } from './tasks.ts'
import type { Answer } from '../answer.ts'
import { createEmulator, type Emulator, type EmulatorCall, type Exchange } from '../emulator.ts'
import type { Manners } from '../manners.ts'

export interface WavespeedEmulatorOptions extends Partial<TaskTimes> {
  /** 0 = any. */
  readonly port?: number
  /** Of the host of results and uploads. 0 = any. */
  readonly storagePort?: number
  /** Key → USD; null = never topped up. Default: one key with 100. */
  readonly accounts?: Readonly<Record<string, number | null>>
  /** Default: that of a Silver account, 500 a minute and 300 at once. */
  readonly rateLimit?: RateLimit
  /** How long a synchronous call waits, milliseconds: a task that takes longer is answered by 5004. The vendor names no number. */
  readonly syncMs?: number
  /** Largest body of a create call, bytes. The vendor names no number. */
  readonly maxBodyBytes?: number
  /** What an empty account is told: nobody has seen all of them. */
  readonly unfunded?: 'payment_required' | 'balance_not_enough' | 'insufficient_400'
  /**
   * The real side over the documented one for results that are asked for by a resolution (4k, 8k); sizes that are asked for in
   * pixels are always exact. Default 1: true 4096 and 8192 pixels, which takes seconds. Tests take 1/16.
   */
  readonly pixelScale?: number
  /** Seedream's `size`: in the vendor's prose, and not in its table since September 2026. Default `honoured`. */
  readonly seedreamSize?: 'honoured' | 'ignored' | 'refused'
  /** In which Seedream answers; it cannot be asked for. Default jpeg. */
  readonly seedreamFormat?: Format
  /** History and results tell what was asked for. The vendor's clients read it, its documentation does not show it. Default false. */
  readonly showInputs?: boolean
  /** `POST /api/v3/media/uploads` exists. Default true; without it there is only the older way. */
  readonly uploadTickets?: boolean
  /** Default: it changes nothing but what it is to edit. */
  readonly manners?: Manners
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export interface WavespeedEmulator extends Omit<Emulator, 'route' | 'listen'> {
  /** The first account's key. */
  readonly key: string
  /** The host of results and uploads, with its own call log and script of faults. */
  readonly storage: Omit<Emulator, 'route' | 'listen'>
  /** USD left on a key. */
  balance (key?: string): number
}

const defaultKey = 'ws-emulator-0000000000000000000000000000000000000000000000000000'

/**
 * WaveSpeed AI's v3 API on this machine, as strict as the vendor or stricter where nobody knows. A call is charged, in USD,
 * when its task is accepted; a task that ends in any other way than completed is refunded as soon as anybody asks for it (the
 * vendor takes up to three hours). Nothing ever waits: `taskMs` is held against the clock, and a synchronous call is over at once.
 */
export async function createWavespeedEmulator (options: WavespeedEmulatorOptions = {}): Promise<WavespeedEmulator> {
  const {
    port = 0, storagePort = 0, accounts: balances = { [defaultKey]: 100 }, rateLimit = { perMinute: 500, concurrent: 300 },
    syncMs = 60_000, maxBodyBytes = 50 * 1024 * 1024, unfunded = 'payment_required', pixelScale = 1, seedreamSize = 'honoured',
    seedreamFormat = 'jpeg', showInputs = false, uploadTickets = true, manners, now = Date.now, polls = 1, taskMs = 0
  } = options
  const accounts = new Accounts(balances, rateLimit, now)
  const storage = createStorage(now)
  const emulator = createEmulator({ faults: wavespeedFaults, notFound: () => failure('not_found') })
  const tasks = new Tasks({ polls, taskMs }, now, () => emulator.url)
  const catalogue = catalogueWith(seedreamSize, seedreamFormat)

  const create = async ({ call, params: { '*': id = '' }, body }: Exchange): Promise<Answer> => {
    const key = accounts.keyOf(call.headers)
    if (key === undefined) return failure('unauthorized')
    const model = catalogue.get(id)
    if (model === undefined) return failure('not_found', 'model not found')
    if (!accounts.admit(key, tasks.running(key))) return failure('too_many_requests')
    if (body.length > maxBodyBytes) return failure('too_large')
    if (!call.headers['content-type']?.startsWith('application/json')) return failure('bad_request', 'content-type must be application/json')
    const inputs = await readInputs(body, model, storage.find)
    call.fields = inputs.summary
    if (inputs.errors.length > 0) return failure('bad_request', inputs.errors.join('; '))
    const price = model.price(inputs.values)
    if (accounts.balance(key) < price) return failure(unfunded)

    const { bytes, format } = await edit(id, model, inputs, { pixelScale, manners })
    accounts.charge(key, price)
    call.charged = price
    const { waits, atOnce } = pace(call, inputs, taskMs <= syncMs)
    const base64 = inputs.values.enable_base64_output === 'true'
    const task = tasks.add({
      key,
      model: id,
      inputs: inputs.shown,
      fate: call.fault !== null && call.fault in fates ? call.fault as Fate : 'completed', // it is a key of them
      nsfw: call.fault === 'task_nsfw',
      outputs: task => [base64 ? bytes.toString('base64') : storage.put(`/outputs/${task}/1.${format}`, bytes, `image/${format}`)],
      atOnce,
      refund () {
        accounts.charge(key, -price)
        call.charged = 0
      }
    })
    return waits && !atOnce ? stillAtWork(call, task) : success(task)
  }

  const poll = ({ call, params: { id = '' } }: Exchange): Answer => {
    const key = accounts.keyOf(call.headers)
    if (key === undefined) return failure('unauthorized')
    const task = tasks.poll(id, key)
    if (task === undefined) return failure('not_found', 'task not found')
    return success(showInputs ? { ...task, inputs: tasks.inputs(id) } : task)
  }
  for (const path of ['/api/v3/predictions/:id/result', '/api/v3/predictions/:id', '/api/v2/predictions/:id/result']) emulator.route('GET', path, poll)
  accountRoutes({ emulator, accounts, tasks, catalogue, showInputs })
  uploadRoutes({ emulator, accounts, storage, uploadTickets })
  emulator.route('POST', '/api/v3/*', create)

  await storage.emulator.listen(storagePort)
  await emulator.listen(port)
  const [key = ''] = Object.keys(balances)
  return {
    ...emulator,
    url: emulator.url,
    key,
    storage: { ...storage.emulator, url: storage.emulator.url },
    balance: (of = key) => accounts.balance(of),
    async close () {
      await Promise.all([emulator.close(), storage.emulator.close()])
    }
  }
}

function catalogueWith (seedreamSize: string, seedreamFormat: Format): ReadonlyMap<string, Model> {
  const seedream = models['bytedance/seedream-v4.5/edit']
  const { size: _, ...withoutSize } = seedream.fields
  return new Map<string, Model>(Object.entries({
    ...models,
    'bytedance/seedream-v4.5/edit': {
      ...seedream,
      ...seedreamSize === 'refused' && { fields: withoutSize },
      ...seedreamSize === 'ignored' && { size: () => seedream.size({}) },
      format: () => seedreamFormat
    }
  } satisfies Record<ModelId, Model>))
}

async function edit (id: string, model: Model, { pictures, values }: Inputs, { pixelScale, manners }: { pixelScale: number, manners: Manners | undefined }) {
  const [first] = pictures
  if (first === undefined) throw new TypeError('every model takes a picture')
  const size = model.size(values, first)
  const scale = values.resolution === undefined ? 1 : pixelScale
  const format = model.format(values)
  const bytes = await editPicture({
    pictures,
    prompt: values.prompt ?? '',
    label: `wavespeed ${id} ${values.seed ?? ''}`,
    size: { width: Math.round(size.width * scale), height: Math.round(size.height * scale) },
    format,
    manners
  })
  return { bytes, format }
}

/** Does the call wait for its task, and is that over at once? */
function pace ({ fault }: EmulatorCall, { values }: Inputs, inTime: boolean): { waits: boolean, atOnce: boolean } {
  const waits = values.enable_sync_mode === 'true'
  const patient = waits && inTime && !(fault ?? '').startsWith('sync_')
  return { waits, atOnce: patient || fault === 'completed_at_once' }
}

/** A synchronous call that was not answered with a result: 5004, unless it was marked to be answered like any other. */
function stillAtWork ({ fault }: EmulatorCall, task: TaskData): Answer {
  if (fault === 'sync_created') return success(task)
  if (fault === 'sync_processing') return success({ ...task, status: 'processing' })
  const { id, urls } = task
  return success({ id, status: 'processing', code: 5004, error: `Sync mode timed out, the task goes on. Query ${id} later.`, urls })
}
