/** Dropped entries that are carried along until they are as many as those that count. */
const slack = 256

/** The calls of the last while: how many there were, and how many of them failed. A call costs the same however many came before it. */
export class CallWindow {
  readonly #ms: number
  /** Oldest first; those before `#first` have dropped out. */
  #calls: Array<{ readonly at: number, readonly failed: boolean }> = []
  #first = 0
  #failed = 0

  /** @param ms how long a call counts */
  constructor (ms: number) {
    this.#ms = ms
  }

  get total (): number {
    return this.#calls.length - this.#first
  }

  get failed (): number {
    return this.#failed
  }

  /** @param at now, by a clock that only goes forward, milliseconds */
  add (at: number, failed: boolean): void {
    for (let oldest = this.#calls[this.#first]; oldest !== undefined && at - oldest.at >= this.#ms; oldest = this.#calls[this.#first]) {
      this.#first++
      if (oldest.failed) this.#failed--
    }
    if (this.#first > Math.max(slack, this.total)) {
      this.#calls = this.#calls.slice(this.#first)
      this.#first = 0
    }
    this.#calls.push({ at, failed })
    if (failed) this.#failed++
  }
}
