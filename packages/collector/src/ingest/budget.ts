/** How many bytes of bodies may be under way at once, so that many slow senders cannot fill the memory. */
export interface Budget {
  /** Takes so many bytes, or says no. What was taken must be given back. */
  take(bytes: number): boolean
  giveBack(bytes: number): void
}

export function createBudget(maxBytes: number): Budget {
  let taken = 0
  return {
    take(bytes) {
      if (taken + bytes > maxBytes) return false
      taken += bytes
      return true
    },
    giveBack(bytes) {
      taken -= bytes
    },
  }
}
