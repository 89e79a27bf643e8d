/** The memory that bodies may take, all together. */
export interface Budget {
  /**
   * Takes so many bytes.
   * @returns false = they are not there, and nothing was taken
   */
  take (bytes: number): boolean
  give (bytes: number): void
  /** There is not a byte left. */
  isFull (): boolean
}

export function createBudget (maxBytes: number): Budget {
  let taken = 0
  return {
    take (bytes) {
      if (taken + bytes > maxBytes) return false
      taken += bytes
      return true
    },
    give (bytes) { taken -= bytes },
    isFull: () => taken >= maxBytes
  }
}
