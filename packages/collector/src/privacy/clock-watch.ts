/** How far the clock may be trusted with what cannot be taken back. */
export type Trust =
  /** It has run for a day beside a clock that nobody can set. */
  | 'steady'
  /** It has not jumped so far, but has not been watched for a day either. */
  | 'new'
  /** It has jumped within the last day. */
  | 'jumped'

/** Smaller steps are a correction; a day kept for longer or shorter by so much harms nobody. */
const jumpMs = 12 * 60 * 60 * 1000

const dayMs = 24 * 60 * 60 * 1000

/**
 * Holds the clock of days and years against one that only goes on. A clock that was set wrong is mostly noticed, and put right, within a
 * day.
 *
 * @param now ms since 1970 UTC
 * @param running ms since any moment, by a clock that nobody can set
 * @returns looks, and says how far the clock may be trusted
 */
export function createClockWatch(now: () => number, running: () => number): () => Trust {
  let offset = now() - running()
  let since = running()
  let unsteady: Trust = 'new'
  return () => {
    const seen = now() - running()
    if (Math.abs(seen - offset) > jumpMs) {
      unsteady = 'jumped'
      since = running()
    }
    offset = seen
    return running() - since >= dayMs ? 'steady' : unsteady
  }
}
