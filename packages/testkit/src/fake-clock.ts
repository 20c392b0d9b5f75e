/** A clock that stands still until it is told to go. */
export interface FakeClock {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Moves it; negative goes back, as a visitor's clock may. */
  advance(ms: number): void
}

/** @param startsAt milliseconds since 1970 UTC; by default a Saturday noon in November 2026 */
export function createFakeClock(startsAt = Date.UTC(2026, 10, 21, 12)): FakeClock {
  let now = startsAt
  return {
    now: () => now,
    advance(ms) {
      now += ms
    },
  }
}
