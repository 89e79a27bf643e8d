const lineEnd = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')

/** Reads one answer of HTTP/1.1 as it comes, and no more of it than the bench needs to know. */
export class AnswerReader {
  /** 0 = not known yet. */
  status = 0
  /** Bytes of the body so far. */
  length = 0
  done = false
  /** The server closes the connection after this answer. */
  closes = false
  readonly #keep: boolean
  readonly #parts: Buffer[] = []
  /** What has come of a line or head that is not whole yet. */
  #rest: Buffer = Buffer.alloc(0)
  /** Of the body, or of the chunk of it that is being read; undefined = no number has come yet. */
  #left: number | undefined
  #chunked = false
  #state: 'head' | 'size' | 'data' | 'after' | 'trailer' = 'head'

  /** @param keep the body is wanted, not only its length */
  constructor (keep: boolean) {
    this.#keep = keep
  }

  get body (): Buffer {
    return Buffer.concat(this.#parts)
  }

  /** Takes what came. Throws when it is no answer of HTTP, or more than one. */
  read (chunk: Buffer): void {
    let input = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = Buffer.alloc(0)
    while (input.length > 0 && !this.done) {
      if (this.#state === 'data') {
        input = this.#readData(input)
        continue
      }
      const end = this.#state === 'head' ? headEnd : lineEnd
      const at = input.indexOf(end)
      if (at === -1) {
        this.#rest = input
        return
      }
      this.#readLine(input.toString('latin1', 0, at))
      input = input.subarray(at + end.length)
    }
    if (input.length > 0) throw new Error('more than one answer came')
  }

  /** The connection was closed: the end of a body without a length. */
  end (): void {
    if (this.#state === 'data' && this.#left === Infinity) this.done = true
  }

  #readData (input: Buffer): Buffer {
    const left = this.#left ?? 0
    const data = input.subarray(0, left)
    this.length += data.length
    if (this.#keep) this.#parts.push(data)
    this.#left = left - data.length
    if (this.#left === 0) {
      if (this.#chunked) this.#state = 'after'
      else this.done = true
    }
    return input.subarray(data.length)
  }

  #readLine (line: string): void {
    if (this.#state === 'head') this.#readHead(line)
    else if (this.#state === 'after') this.#state = 'size'
    else if (this.#state === 'size') {
      this.#left = Number.parseInt(line, 16)
      if (Number.isNaN(this.#left)) throw new Error(`"${line.slice(0, 20)}" is no size of a chunk`)
      this.#state = this.#left === 0 ? 'trailer' : 'data'
    } else if (line === '') this.done = true
  }

  #readHead (head: string): void {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]
    if (status === undefined) throw new Error(`"${head.slice(0, 20)}" is no answer`)
    this.status = Number(status)
    this.closes = /^connection: *close/im.test(head)
    this.#chunked = /^transfer-encoding: *chunked/im.test(head)
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    this.#left = length === undefined ? Infinity : Number(length)
    this.#state = this.#chunked ? 'size' : 'data'
    if (this.#left === 0) this.done = true
  }
}
