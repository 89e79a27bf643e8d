import type { ByteRoom, Loan } from '../../core/index.ts'

export interface BodyRoom extends ByteRoom {
  /** There is no more to come: nothing stands behind it. */
  seal (): void
}

/** Of what comes without a length. */
const firstBytes = 64 * 1024

// Not from the process's shared slab, as Buffer.from and allocUnsafe take small ones.
const ownMemory: Pick<Loan, 'take'> = { take: bytes => Buffer.allocUnsafeSlow(bytes) }

/**
 * The memory of one body: one block, as large as the body says it is, or growing with it.
 * @param expected bytes that will be written; undefined = nobody knows
 * @param grown is told how many bytes more it takes, before it takes them; what it throws is thrown on
 * @param loan where a block comes from whose size is known
 */
export function createRoom (expected: number | undefined, grown: (bytes: number) => void = () => {}, loan: Pick<Loan, 'take'> = ownMemory): BodyRoom {
  let block = loan.take(expected ?? 0)
  let start = 0
  let end = 0
  return {
    free (bytes) {
      if (block.length - end >= bytes) return block.subarray(end)
      const held = end - start
      const size = Math.max(firstBytes, held + bytes, Math.min(2 * (held + bytes), 2 * block.length))
      grown(size)
      const next = ownMemory.take(size)
      block.copy(next, 0, start, end)
      block = next
      start = 0
      end = held
      return block.subarray(end)
    },
    advance (bytes) { end += bytes },
    finish () {
      const bytes = block.subarray(start, end)
      start = end
      return bytes
    },
    seal () { block.fill(0, end) }
  }
}
