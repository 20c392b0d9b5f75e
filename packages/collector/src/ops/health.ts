import type { Store } from '../sinks/sink.ts'

/** Body of `GET /readyz`. */
export interface Readiness {
  readonly status: 'ready' | 'not_ready'
  /** Stable, for programs; `null` when ready. */
  readonly code: string | null
  readonly store: string
  readonly waiting_events: number
  readonly lag_ms: number
}

/** The route is open to everybody, so that however many ask, the disk is asked once in this time. */
const freshMs = 1000
/** An orchestrator gives up sooner than a stuck disk does. */
const patienceMs = 3000

/** Finds out whether the store takes and gives back, by doing it. */
export function createReadiness(
  store: Store,
  kind: string,
  isClosing: () => boolean,
  now: () => number,
): () => Promise<Readiness> {
  let asked: { readonly at: number; readonly code: Promise<string | null> } | null = null
  return async () => {
    if (asked === null || now() - asked.at >= freshMs) asked = { at: now(), code: probe() }
    const code = isClosing() ? 'closing' : await asked.code
    const { waitingEvents, oldestMs } = store.lag()
    return { status: code === null ? 'ready' : 'not_ready', code, store: kind, waiting_events: waitingEvents, lag_ms: oldestMs }
  }

  async function probe(): Promise<string | null> {
    const timeout = Promise.withResolvers<string>()
    const timer = setTimeout(() => timeout.resolve('query_timeout'), patienceMs)
    try {
      return await Promise.race([store.ready.then(() => store.probe()).then(() => null), timeout.promise])
    } catch (cause) {
      const code = (cause as { readonly code?: unknown } | null)?.code
      return typeof code === 'string' ? code : 'store_unavailable'
    } finally {
      clearTimeout(timer)
    }
  }
}
