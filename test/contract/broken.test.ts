import { readdir } from 'node:fs/promises'
import t from 'tap'
import { startMosaic } from '../fixtures/third-party/mosaic.ts'
import { faultNames } from './failures.ts'
import { conformanceChecks, type ProviderTestOptions, type Scope } from './index.ts'

/** Resolves to the names of the checks that a broken plugin fails, and what the last one of them said. */
async function failuresOf (name: string): Promise<Record<string, string>> {
  const plugin: object = await import(`./broken/${name}.ts`)
  const failures: Record<string, string> = {}
  for (const check of await conformanceChecks({ plugin, ...optionsFor(name) })) {
    await check.run().catch((err: unknown) => { failures[check.name] = String(err) })
  }
  return failures
}

const apiKey = 'mosaic-key-0123456789'

function optionsFor (name: string): Partial<ProviderTestOptions> {
  if (name === 'goes-on-working') return { slow: { parameters: { rounds: 1000 } } }
  return {
    options: { apiKey },
    async prepare ({ after }: Scope) {
      const mosaic = await startMosaic(apiKey)
      after(() => mosaic.close())
      return { options: { baseUrl: mosaic.url } }
    }
  }
}

const metadata = 'the plugin has metadata with a name'
const registers = 'it registers one provider that fits the contract, under the name of the plugin'
const stable = 'its cards are plain data and stay as they were registered'
const unconfigured = 'without its key it is listed as unconfigured, with a reason and all its cards'
const handle = 'a job\'s handle is plain JSON of at most 4 kB'
const resumed = 'a job is taken up from its handle by another instance'
const anyModel = 'asks its vendor for the model that was named, although no card lists it'
const closing = 'leaves nothing open when the service closes'
const of = (offer: string, ...claims: string[]) => claims.map(claim => `${offer}: ${claim}`)
const [result, type, size, untouched, sends, apart] = [
  'gives a result', 'the image is of the type that was asked for', 'the image has the size that the card promises',
  'leaves the request as it was', 'sends its vendor everything that it was given', 'two at once stay apart'
]
const [begins, stops] = ['does not begin when its signal has aborted', 'stops submitting when its signal aborts']
const quiet = 'shows no key in results, job handles and logs'
const lent = 'keeps no bytes of an edit that is over'
const noResult = [result, type, size, apart]
const faults = (step: string, names: readonly string[] = faultNames) => names.map(name => `${step} throws an error of the table when its vendor ${name}`)

/** By the broken plugin: every check that must find it out, and no other. */
const expected: Readonly<Record<string, { readonly checks: readonly string[], readonly says: RegExp }>> = {
  'answers-always-the-same': { checks: [...of('now general_edit', apart), anyModel], says: /names unlisted/ },
  'answers-with-another-size': {
    checks: ['now', 'exact', 'ratio'].flatMap(card => of(`${card} general_edit`, size)), says: /50×50 is not 4:3/
  },
  'answers-with-another-type': { checks: of('now general_edit', type), says: /image\/jpeg/ },
  'answers-with-half-an-image': { checks: of('now general_edit', ...noResult), says: /damaged PNG/ },
  'answers-with-no-image': { checks: of('now general_edit', ...noResult), says: /HTML/ },
  'answers-with-two-images': { checks: of('now general_edit', result), says: /2 images came, the card says 1/ },
  'asks-for-its-first-model': { checks: [anyModel], says: /names unlisted/ },
  'blames-the-caller': { checks: faults('submit'), says: /INVALID_REQUEST is not for a provider to say/ },
  'calls-past-the-kernel': { checks: [...of('now general_edit', sends), ...faults('submit')], says: /Missing expected rejection/ },
  'cannot-cancel': { checks: ['a job can be cancelled', 'stops cancelling when its signal aborts, before or while it asks'], says: /not with the reason/ },
  'changes-its-cards': { checks: [stable, unconfigured], says: /its cards are not those/ },
  'counts-progress-in-percent': { checks: of('later outpaint', result), says: /progress 50/ },
  'cuts-out-without-alpha': {
    checks: of('cut-out remove_background', 'the background is transparent and the subject is not'), says: /from 255 to 255/
  },
  'goes-on-polling': { checks: ['stops polling when its signal aborts, before or while it asks'], says: /although its signal had aborted/ },
  'goes-on-submitting': { checks: of('now general_edit', begins, stops), says: /goes on although/ },
  'goes-on-working': { checks: of('invert general_edit', begins, stops), says: /goes on although/ },
  'has-a-bad-card': { checks: [registers], says: /models\[0\]\.operations/ },
  'has-jobs-but-no-poll': { checks: of('later outpaint', ...noResult), says: /has no poll/ },
  'has-no-metadata': { checks: [metadata, registers], says: /misses its metadata/ },
  'keeps-a-date-in-the-handle': { checks: [handle], says: /does not give back/ },
  'keeps-its-jobs-in-memory': { checks: [resumed], says: /comes to nothing/ },
  'keeps-the-bytes': { checks: of('now general_edit', lent), says: /there is no result/ },
  'keeps-too-much-in-the-handle': { checks: [...of('later outpaint', result, type, size), handle], says: /it has 5026 bytes/ },
  'leaves-a-server': { checks: [closing], says: /TCPServerWrap/ },
  'leaves-a-timer': { checks: [closing], says: /Timeout/ },
  'logs-the-image': { checks: of('now general_edit', 'logs neither prompts nor images'), says: /image 1/ },
  'logs-the-prompt': { checks: of('now general_edit', 'logs neither prompts nor images'), says: /prompt/ },
  'loses-a-parameter': { checks: of('now general_edit', sends), says: /block_size/ },
  'loses-the-mask': { checks: of('now general_edit', sends), says: /mask/ },
  'makes-a-timeout-of-an-abort': { checks: of('now general_edit', begins, stops), says: /not with the reason of its signal: EditError EDIT_ERR_PROVIDER_TIMEOUT/ },
  'mixes-up-two': { checks: of('now general_edit', apart), says: /got the result of the second/ },
  'names-a-fraction-as-seed': { checks: of('now general_edit', result), says: /seed 0\.5/ },
  'pays-twice': { checks: ['submit never repeats a paid call'], says: /2 paid calls/ },
  'recovers-by-submitting': { checks: ['recover finds nothing where nothing was submitted'], says: /found something/ },
  'refuses-what-its-card-offers': {
    checks: [...of('now general_edit', result, type, size, sends, apart, begins, stops), anyModel], says: /names unlisted/
  },
  'registers-nothing': { checks: [registers], says: /deep-equal/ },
  'registers-two': { checks: [registers], says: /another-name/ },
  'shows-its-key-in-a-card': { checks: [unconfigured, 'shows no key in its listing and cards'], says: /a secret can be read in what it registers/ },
  'shows-its-key-in-a-handle': { checks: of('later outpaint', quiet), says: /a secret can be read in what comes of it/ },
  'shows-its-key-in-a-log': { checks: [...of('now general_edit', quiet), 'submit shows no key when its vendor fails'], says: /a secret can be read in the log/ },
  'shows-its-key-in-a-warning': { checks: [...of('now general_edit', quiet), ...of('later outpaint', quiet)], says: /a secret can be read in what comes of it/ },
  'shows-its-key-in-an-error': { checks: ['submit shows no key when its vendor fails'], says: /a secret can be read/ },
  'takes-another-name': { checks: [registers], says: /another-name/ },
  'throws-what-is-not-in-the-table': { checks: faults('submit'), says: /no EditError: Error the vendor failed/ },
  'throws-without-its-key': { checks: [unconfigured], says: /apiKey is missing/ },
  'waits-for-what-it-does-not-know': {
    checks: faults('poll', faultNames.filter(name => name.startsWith('answers 200'))), says: /under way/
  },
  'writes-into-an-image': { checks: of('now general_edit', untouched, apart), says: /image/ },
  'writes-into-the-request': {
    checks: [...of('now general_edit', result, type, size, untouched, sends, apart, begins, stops), anyModel, ...faults('submit')],
    says: /not extensible/
  }
}

// One after the other: each looks at what the process has open.
t.setTimeout(300_000)

const bases = ['on-this-machine', 'sound', 'with-result']
const files = (await readdir(new URL('broken', import.meta.url))).map(file => file.replace('.ts', '')).filter(name => !bases.includes(name))

t.strictSame(files.toSorted(), Object.keys(expected).toSorted(), 'every broken plugin is in the table')

for (const [name, { checks, says }] of Object.entries(expected)) {
  t.test(`finds out a provider that ${name.replaceAll('-', ' ')}, and says what is wrong`, async t => {
    const failures = await failuresOf(name)
    t.strictSame(Object.keys(failures).toSorted(), checks.toSorted())
    t.match(Object.values(failures).at(-1), says)
    for (const text of Object.values(failures)) t.notMatch(text, apiKey)
  })
}

t.teardown(async () => {
  const [{ timers }, { servers }] = [await import('./broken/leaves-a-timer.ts'), await import('./broken/leaves-a-server.ts')]
  timers.forEach(timer => clearInterval(timer))
  servers.forEach(server => server.close())
})
