import { Readable } from 'node:stream'

/** A text with pictures in it as base64: an answer, written as it is sent. */
export interface PictureText {
  /** Bytes. */
  readonly length: number
  /** Of the base64 there is never more than a piece. */
  stream (): Readable
  /** The whole, for who keeps it. */
  join (): Buffer
}

/** Divisible by three, so that pieces of base64 join without padding between them. */
const pieceLength = 3 * 16 * 1024

/**
 * Each picture goes into its place as it is, never through a JSON encoder.
 * @param parts texts, and pictures as bytes
 */
export function pictureText (parts: ReadonlyArray<string | Buffer>): PictureText {
  const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : Math.ceil(part.length / 3) * 4), 0)
  return {
    length,
    stream: () => new PieceStream(piecesOf(parts)),
    join () {
      const joined = Buffer.allocUnsafe(length)
      let at = 0
      for (const piece of piecesOf(parts)) at += joined.write(piece, at, 'latin1')
      return joined
    }
  }
}

/**
 * Bytes that are written before others have their turn: a fast reader would else be written to until all is sent. With fewer, more answers are
 * under way at a time, each with its memory.
 */
const longestRun = 2 * 1024 * 1024

/** A byte a character. */
function * piecesOf (parts: ReadonlyArray<string | Buffer>): Generator<string, undefined> {
  for (const part of parts) {
    if (typeof part === 'string') yield Buffer.from(part).toString('latin1')
    else for (let start = 0; start < part.length; start += pieceLength) yield part.toString('base64', start, start + pieceLength)
  }
}

class PieceStream extends Readable {
  readonly #pieces: Iterator<string, undefined>
  /** Bytes since others had their turn. */
  #run = 0

  constructor (pieces: Iterator<string, undefined>) {
    super()
    this.#pieces = pieces
  }

  override _read (): void {
    const piece = this.#pieces.next().value
    this.push(piece === undefined ? null : Buffer.from(piece, 'latin1'))
  }

  /**
   * To a socket a string goes without a Buffer of its own. Hundreds of them an answer would have V8 look through its whole heap every few
   * answers, as it counts what lies outside of it.
   */
  override pipe<T extends NodeJS.WritableStream> (to: T): T {
    const write = () => {
      // Fastify destroys it when the connection breaks.
      while (!this.destroyed) {
        if (this.#run >= longestRun) {
          this.#run = 0
          setImmediate(write)
          return
        }
        const piece = this.#pieces.next().value
        if (piece === undefined) {
          to.end()
          // Ends here too.
          this.resume()
          return
        }
        this.#run += piece.length
        if (!to.write(piece, 'latin1')) {
          to.once('drain', write)
          return
        }
      }
    }
    write()
    return to
  }
}
