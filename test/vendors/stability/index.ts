import { randomInt } from 'node:crypto'
import sharp from 'sharp'
import { jsonAnswer, type Answer } from '../answer.ts'
import { createEmulator, type Emulator, type EmulatorCall, type Exchange } from '../emulator.ts'
import { Accounts, type RateLimit } from './accounts.ts'
import { errorAnswer, pictureAnswer, stabilityFaults, v1Unauthorized, type Outcome } from './answers.ts'
import { behave, type Manners } from '../manners.ts'
import { toPixels, type Pixels } from '../paint.ts'
import { endpoints, type Endpoint } from './endpoints.ts'
import { readForm, type Form } from './form.ts'
import { Jobs, type JobTimes } from './jobs.ts'

export interface StabilityEmulatorOptions extends Partial<JobTimes> {
  /** 0 = any. */
  readonly port?: number
  /** Key → credits. Default: one key with 1000 credits. */
  readonly accounts?: Readonly<Record<string, number>>
  /** Default: the vendor's, 150 requests in 10 s, locked out for 60 s. */
  readonly rateLimit?: RateLimit
  /**
   * What "the resolution of the generated image will be 4 megapixels" means: larger pictures are scaled down to it and smaller
   * ones keep their size (`limit`, the default), or every picture is scaled to it (`always`).
   */
  readonly megapixels?: 'limit' | 'always'
  /** Default: it changes nothing but what it is to edit. */
  readonly manners?: Manners
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export interface StabilityEmulator extends Omit<Emulator, 'route' | 'listen'> {
  /** The first account's key. */
  readonly key: string
  /** Credits left on a key. */
  balance (key?: string): number
}

const defaultKey = 'sk-emulator0000000000000000000000000000000000000000'
const maxBodyBytes = 10 * 1024 * 1024
const megapixel = 1024 * 1024

/**
 * Stability AI's API on this machine: `/v2beta/stable-image/edit/*`, `/v2beta/results/{id}` and `/v1/user/balance`, as strict
 * as the vendor, with its error bodies word for word. Only pictures that were made are charged, the filtered ones too
 * (what the vendor does there is not known). Credits are the unit of `charged`.
 */
export async function createStabilityEmulator ({
  port = 0, accounts: credits = { [defaultKey]: 1000 }, rateLimit = { requests: 150, windowMs: 10_000, lockMs: 60_000 },
  megapixels = 'limit', manners, now = Date.now, jobPolls = 1, jobMs = 0, pollIntervalMs = 10_000
}: StabilityEmulatorOptions = {}): Promise<StabilityEmulator> {
  const accounts = new Accounts(credits, rateLimit, now)
  const jobs = new Jobs({ jobPolls, jobMs, pollIntervalMs }, now)
  const emulator = createEmulator({ faults: stabilityFaults, notFound: () => errorAnswer('not_found', ['path: there is no such endpoint']) })

  const edit = async (name: string, endpoint: Endpoint, { call, body }: Exchange): Promise<Answer> => {
    const key = accounts.keyOf(call.headers.authorization)
    if (key === undefined) return errorAnswer('unauthorized')
    if (!accounts.admit(key)) return errorAnswer('rate_limit_exceeded')
    if (body.length > maxBodyBytes) return errorAnswer('payload_too_large')
    const form = await readForm(body, call.headers['content-type'] ?? '', endpoint.fields)
    call.fields = form.summary
    const errors = [...headerProblems(call, endpoint), ...form.errors, ...endpoint.check?.(form) ?? []]
    if (errors.length > 0) return errorAnswer('bad_request', errors)
    if (Object.values(form.texts).some(isForeign)) return errorAnswer('invalid_language')
    if (accounts.balance(key) < endpoint.credits) return errorAnswer('payment_required')

    const seed = form.numbers.seed === undefined ? undefined : form.numbers.seed || randomInt(1, 4_294_967_295)
    const edited = await endpoint.edit(form, `stability ${name} ${seed ?? ''}`, manners?.gentle)
    const pixels = endpoint.megapixels === undefined ? edited : await toFourMegapixels(edited, megapixels)
    const outcome = await finish(manners ? await behave(pixels, manners.habitsOf(pixels.info, pixels.data)) : pixels, form, seed, call)
    accounts.charge(key, endpoint.credits)
    call.charged = endpoint.credits
    return endpoint.later ? jsonAnswer(200, { id: jobs.add(key, outcome) }) : pictureAnswer(outcome, wantsJson(call))
  }
  for (const [name, endpoint] of Object.entries(endpoints)) {
    emulator.route('POST', `/v2beta/stable-image/edit/${name}`, exchange => edit(name, endpoint, exchange))
  }

  emulator.route('GET', '/v2beta/results/:id', ({ call, params: { id = '' } }) => {
    const key = accounts.keyOf(call.headers.authorization)
    if (key === undefined) return errorAnswer('unauthorized')
    if (!accounts.admit(key)) return errorAnswer('rate_limit_exceeded')
    if (!/^(\*\/\*|application\/json.*)?$/.test(call.headers.accept ?? '')) return errorAnswer('bad_request', ['accept: must be one of */*, application/json'])
    const polled = jobs.poll(id, key)
    if (polled.state === 'too-fast') return errorAnswer('rate_limit_exceeded', ['You have polled more than once within 10 seconds.'])
    if (polled.state === 'unknown') return errorAnswer('not_found')
    if (polled.state === 'in-progress') return jsonAnswer(202, { id, status: 'in-progress' })
    return pictureAnswer(call.fault === 'content_filtered' ? { ...polled.outcome, filtered: true } : polled.outcome, wantsJson(call))
  })

  emulator.route('GET', '/v1/user/balance', ({ call: { headers: { authorization } } }) => {
    const key = accounts.keyOf(authorization)
    return key === undefined ? v1Unauthorized(authorization ?? '') : jsonAnswer(200, { credits: accounts.balance(key) })
  })

  await emulator.listen(port)
  const [key = ''] = Object.keys(credits)
  return { ...emulator, url: emulator.url, key, balance: (of = key) => accounts.balance(of) }
}

function headerProblems ({ headers }: EmulatorCall, { later }: Endpoint): string[] {
  const { accept = 'image/*' } = headers
  const long = ['stability-client-id', 'stability-client-user-id', 'stability-client-version'].filter(name => (headers[name] ?? '').length > 256)
  return [
    ...later || /^(image\/\*|\*\/\*|application\/json.*)$/.test(accept) ? [] : ['accept: must be one of image/*, application/json'],
    ...long.map(name => `${name}: must be at most 256 characters`)
  ]
}

function wantsJson ({ headers: { accept = '' } }: EmulatorCall): boolean {
  return accept.startsWith('application/json')
}

/** How the vendor tells English is not known: here, letters that are not Latin are not English. */
function isForeign (text: string): boolean {
  return /(?=\p{L})\P{Script=Latin}/u.test(text)
}

async function toFourMegapixels ({ data, info }: Pixels, mode: 'limit' | 'always'): Promise<Pixels> {
  const scale = Math.sqrt(4 * megapixel / (info.width * info.height))
  if (scale >= 1 && mode === 'limit') return { data, info }
  return await toPixels(sharp(data, { raw: info }).resize(Math.floor(info.width * scale), Math.floor(info.height * scale), { fit: 'fill' }))
}

async function finish ({ data, info }: Pixels, { texts: { output_format: format = 'png' } }: Form, seed: number | undefined, call: EmulatorCall): Promise<Outcome> {
  const filtered = call.fault === 'content_filtered'
  const picture = sharp(data, { raw: info })
  // "Blurred because it broke the content policy."
  const shown = filtered ? picture.blur(40) : picture
  const bytes = await shown.toFormat(format as 'png' | 'jpeg' | 'webp', format === 'png' ? { compressionLevel: 2 } : {}).toBuffer() // the form has checked it
  return { bytes, mediaType: `image/${format}`, seed, filtered }
}
