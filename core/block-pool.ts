/** Memory of requests that have ended well, kept for the next ones. */
export interface BlockPool {
  /** At least so many bytes. The first so many hold anything, and are to be written before they are read; there are zeros behind them. */
  take (bytes: number): ArrayBuffer
  /** Nobody reads or writes the block any more. */
  give (block: ArrayBuffer): void
  /** Bytes that wait for a request. */
  idleBytes (): number
}

export interface BlockPoolOptions {
  /** Of all blocks that wait for a request. */
  readonly maxBytes: number
  /** A block for which no request has come for so long is given back to the system. */
  readonly idleMs?: number
  /** A monotonic clock, milliseconds. For tests. */
  readonly now?: () => number
}

interface IdleBlock {
  readonly block: ArrayBuffer
  readonly since: number
}

/**
 * Blocks of a few sizes, each an eighth larger than the one before or less: fresh memory of some megabytes costs more by its page
 * faults, and by what V8 does about memory outside of its heap, than all that is done to the bytes in it.
 */
export function createBlockPool ({ maxBytes, idleMs = 30_000, now = () => performance.now() }: BlockPoolOptions): BlockPool {
  /** By size, none without a block. The last one was used last: it may still be in the processor's cache. */
  const idle = new Map<number, IdleBlock[]>()
  let held = 0
  let timer: NodeJS.Timeout | undefined

  function sweep (): void {
    const before = now() - idleMs
    for (const [size, blocks] of idle) {
      const kept = blocks.filter(({ since }) => since > before)
      for (const { block } of blocks.slice(0, blocks.length - kept.length)) free(block)
      held -= (blocks.length - kept.length) * size
      keep(size, kept)
    }
    timer = held > 0 ? setTimeout(sweep, idleMs).unref() : undefined
  }

  /** What was used longest ago, of whatever size: pictures of another size may come now. @returns its bytes */
  function dropOldest (): number {
    const lists = [...idle.values()] as Array<[IdleBlock, ...IdleBlock[]]> // None without a block.
    const blocks = lists.reduce((oldest, next) => next[0].since < oldest[0].since ? next : oldest)
    const [{ block }] = blocks
    const { byteLength: size } = block
    blocks.shift()
    keep(size, blocks)
    free(block)
    return size
  }

  function keep (size: number, blocks: IdleBlock[]): void {
    if (blocks.length > 0) idle.set(size, blocks)
    else idle.delete(size)
  }

  return {
    take (bytes) {
      const size = sizeFor(bytes)
      const blocks = idle.get(size) ?? []
      const known = blocks.pop()
      if (known === undefined) return Buffer.allocUnsafeSlow(size).buffer
      keep(size, blocks)
      held -= size
      // Who looks at more than the bytes that it was given finds nothing of anybody's.
      new Uint8Array(known.block, bytes).fill(0)
      return known.block
    },
    give (block) {
      const { byteLength: size } = block
      if (size > maxBytes) return free(block)
      while (held + size > maxBytes) held -= dropOldest()
      const blocks = idle.get(size) ?? []
      blocks.push({ block, since: now() })
      keep(size, blocks)
      held += size
      timer ??= setTimeout(sweep, idleMs).unref()
    },
    idleBytes: () => held
  }
}

/** Now, not when V8 next collects what lies outside of its heap. */
function free (block: ArrayBuffer): void {
  block.transfer(0)
}

function sizeFor (bytes: number): number {
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 3)
  return Math.ceil(bytes / step) * step
}
