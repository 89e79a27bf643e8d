import type { ByteRoom } from '../../core/index.ts'

/** Of what comes without a length. */
const firstBytes = 64 * 1024

/**
 * The memory of one body: one block, as large as the body says it is, or growing with it. It is made for the request and left to
 * the garbage collector: a pool would be faster by its page faults, and show one caller's image to another after one mistake.
 * @param expected bytes that will be written; undefined = nobody knows
 * @param grown is told how many bytes more it takes, before it takes them; what it throws is thrown on
 */
export function createRoom (expected: number | undefined, grown: (bytes: number) => void = () => {}): ByteRoom {
  // Not from the process's shared slab, as Buffer.from and allocUnsafe take small ones.
  let block = Buffer.allocUnsafeSlow(expected ?? 0)
  let start = 0
  let end = 0
  return {
    free (bytes) {
      if (block.length - end >= bytes) return block.subarray(end)
      const held = end - start
      const size = Math.max(firstBytes, held + bytes, Math.min(2 * (held + bytes), 2 * block.length))
      grown(size)
      const next = Buffer.allocUnsafeSlow(size)
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
    }
  }
}
