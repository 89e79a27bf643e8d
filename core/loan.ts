import type { BlockPool } from './block-pool.ts'

/**
 * The memory of one request's large pieces: its body and the answer that it gets from a vendor. It serves a later request only when
 * three have said that they are through with it: the kernel (`vouch`), who writes the answer (`end`), and everybody who reads it where
 * JavaScript cannot see it, such as a socket or a decoder (`hold`). In any other case it is left to the garbage collector. Before it
 * goes on, it is taken away from every Buffer that shows it: those are empty then, so that what was forgotten finds nothing, never
 * another request's bytes.
 */
export interface Loan {
  /** Memory for so many bytes, all of which are to be written before they are read. */
  take (bytes: number): Buffer
  /**
   * The edit has ended well, and neither the kernel nor a provider looks at the memory any more.
   * @param kept what the answer is written from; all else goes on at once, as many edits at a time would else hold twice the memory
   */
  vouch (kept: readonly Uint8Array[]): void
  /** The answer is written. Called before `vouch`, or while somebody holds the memory, it gives nothing back. */
  end (): void
}

/** Smaller pieces cost little: they are made for each request. Larger ones are rare. Bytes. */
const smallest = 32 * 1024
const largest = 32 * 1024 * 1024

interface Holders { count: number }
const holders = new WeakMap<ArrayBufferLike, Holders>()

/** @param pool undefined = each request has memory of its own */
export function openLoan (pool: BlockPool | undefined): Loan {
  const blocks = new Set<ArrayBuffer>()
  const held: Holders = { count: 0 }
  let isVouched = false
  let isOver = false

  function give (isFree: (block: ArrayBuffer) => boolean): void {
    if (held.count > 0) return
    for (const block of [...blocks].filter(isFree)) {
      blocks.delete(block)
      pool?.give(block.transfer())
    }
  }

  return {
    take (bytes) {
      if (pool === undefined || isOver || bytes < smallest || bytes > largest) return Buffer.allocUnsafeSlow(bytes)
      const block = pool.take(bytes)
      blocks.add(block)
      holders.set(block, held)
      return Buffer.from(block, 0, bytes)
    },
    vouch (kept) {
      if (isOver) return
      isVouched = true
      give(block => !kept.some(({ buffer }) => buffer === block))
    },
    end () {
      if (isOver) return
      isOver = true
      if (isVouched) give(() => true)
    }
  }
}

/**
 * Keeps the memory of these bytes where it is, as something reads it that JavaScript does not wait for. Costs nothing where it is not lent.
 * @returns to be called when that has ended for certain; until then the memory serves no other request
 */
export function hold ({ buffer }: Uint8Array): () => void {
  const held = holders.get(buffer)
  if (held === undefined) return () => {}
  held.count++
  let isHeld = true
  return () => {
    if (isHeld) held.count--
    isHeld = false
  }
}
