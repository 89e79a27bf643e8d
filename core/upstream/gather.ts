/** Bytes of which nobody knows how many will come. */
export interface Gathering {
  add (chunk: Buffer): void
  /** All of them, in one block. */
  joined (): Buffer
}

const blockLength = 64 * 1024

/** In blocks of its own: a peer may send single bytes, and each chunk that is kept as it came takes a hundred bytes beside its own. */
export function gather (): Gathering {
  const blocks: Buffer[] = []
  let last: Buffer = Buffer.alloc(0)
  let used = 0
  return {
    add (chunk) {
      for (let at = 0; at < chunk.length;) {
        if (used === last.length) {
          last = Buffer.allocUnsafeSlow(blockLength)
          blocks.push(last)
          used = 0
        }
        const copied = chunk.copy(last, used, at)
        used += copied
        at += copied
      }
    },
    joined: () => Buffer.concat(blocks, blocks.length * blockLength - (last.length - used))
  }
}
