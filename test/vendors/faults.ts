import { bytesAnswer, jsonAnswer, type Answer } from './answer.ts'

/**
 * What goes wrong with one call. All parts are optional and work together; a fault without any is a mark that the
 * vendor's route understands by its name (a filtered result, say).
 */
export interface Fault {
  /** The connection is reset before a byte of the body is read. The route does not run. */
  readonly resetEarly?: boolean
  /** Stands in place of the route's answer. The route does not run: nothing is done and nothing charged. */
  readonly instead?: Answer
  /** Changes the answer of a route that has run. */
  readonly change?: (answer: Answer) => Answer
  /** Time between the route's work and the first byte of the answer, milliseconds. */
  readonly delayMs?: number
  /** `reset`: in place of the answer; `never`: no answer at all; `half`: reset after half the body; `stall`: silent after half of it. */
  readonly write?: 'reset' | 'never' | 'half' | 'stall'
  /** Time before each of eight pieces of the body, milliseconds. */
  readonly pieceMs?: number
}

/** Name → fault. The argument is the number after the colon in `delay:250`, milliseconds unless the fault says otherwise. */
export type FaultTable = Readonly<Record<string, (argument?: number) => Fault>>

const page = '<!doctype html><html><head><title>Error</title></head><body><h1>An error occurred</h1></body></html>'
const html = (status: number) => bytesAnswer(status, 'text/html; charset=utf-8', page)
const withBody = (answer: Answer, body: Buffer): Answer => ({ ...answer, body })

/** Faults of networks, proxies and broken servers: the same at every vendor. */
export const commonFaults: FaultTable = {
  reset_before: () => ({ resetEarly: true }),
  // The dangerous one: the work is done and charged, and nobody hears of it.
  reset_after: () => ({ write: 'reset' }),
  hang: () => ({ write: 'never' }),
  delay: (delayMs = 100) => ({ delayMs }),
  slow_body: (pieceMs = 20) => ({ pieceMs }),
  truncated_body: () => ({ write: 'half' }),
  stalled_body: () => ({ write: 'stall' }),
  garbage_body: () => ({ change: answer => withBody(answer, Buffer.alloc(512, 'not what it says ')) }),
  empty_200: () => ({ change: answer => withBody(answer, Buffer.alloc(0)) }),
  html_200: () => ({ change: () => html(200) }),
  other_json_200: () => ({ change: () => jsonAnswer(200, { unexpected: true }) }),
  wrong_type: () => ({ change: answer => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } }) }),
  status: (status = 500) => ({ instead: html(status) }),
  bad_gateway: () => ({ instead: html(502) }),
  unavailable: () => ({ instead: html(503) }),
  // A gateway that gave up waiting: the vendor behind it has done the work.
  gateway_timeout: () => ({ change: () => html(504) })
}

interface Entry { readonly name: string, readonly fault: Fault, readonly match: string | undefined, left: number }

export interface NamedFault { readonly name: string, readonly fault: Fault }

/** What goes wrong, in order: by appointment (`next`) or by a magic word in the request's body, `[fault:delay:250]`. */
export class FaultScript {
  readonly #table: FaultTable
  readonly #entries: Entry[] = []
  readonly #hits = new Map<string, number>()

  constructor (table: FaultTable = {}) {
    this.#table = { ...commonFaults, ...table }
  }

  /**
   * The next `count` calls meet the fault, after those already written; with `match` only calls whose
   * `METHOD /path` contains it.
   * @throws {TypeError} that lists the known names
   */
  next (count: number, fault: string | Fault, match?: string): void {
    const named = typeof fault === 'string' ? this.#find(fault) : { name: 'custom', fault }
    this.#entries.push({ ...named, match, left: count })
  }

  /** How many calls have met the fault of this name (without its argument). */
  hits (name: string): number {
    return this.#hits.get(name) ?? 0
  }

  /** Forgets what is still to come. */
  clear (): void {
    this.#entries.length = 0
  }

  /** For the emulator: the appointed fault of a call. */
  take (call: string): NamedFault | undefined {
    const entry = this.#entries.find(({ match, left }) => left > 0 && (match === undefined || call.includes(match)))
    if (entry === undefined) return undefined
    entry.left--
    return this.#count(entry)
  }

  /** For the emulator: the fault that a body asks for. */
  ask (body: Buffer): NamedFault | undefined {
    const start = body.indexOf('[fault:')
    if (start === -1) return undefined
    const [, word] = /^\[fault:([a-z0-9_:]+)\]/.exec(body.toString('latin1', start, start + 64)) ?? []
    return this.#count(this.#find(word ?? '?'))
  }

  #find (word: string): NamedFault {
    const [name = '', argument] = word.split(':')
    const make = Object.hasOwn(this.#table, name) ? this.#table[name] : undefined
    if (make === undefined) throw new TypeError(`no fault is called "${name}"; known: ${Object.keys(this.#table).join(', ')}`)
    return { name, fault: make(argument === undefined ? undefined : Number(argument)) }
  }

  #count ({ name, fault }: NamedFault): NamedFault {
    this.#hits.set(name, this.hits(name) + 1)
    return { name, fault }
  }
}
