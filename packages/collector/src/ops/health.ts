import type { Store } from '../sinks/sink.ts'

/** Body of `GET /readyz`. */
export interface Readiness {
  readonly status: 'ready' | 'not_ready'
  /**
   * Stable, for programs; `null` when ready. `starting`: the store is not open yet. `closing`. `query_timeout`: the disk does not answer.
   * `disk_low`: less free room than the floor. `overloaded`: what came waits for the disk for too long. Else why the store was not opened,
   * or `store_unavailable`: it did not write, or not give back what it wrote.
   */
  readonly code: string | null
  readonly store: string
  readonly waiting_events: number
  /** For how long the oldest of them has been waiting. */
  readonly lag_ms: number
}

/** The route is open to everybody, so that however many ask, the disk is asked once in this time. */
const freshMs = 1000
/** An orchestrator gives up sooner than a stuck disk does. */
const patienceMs = 3000
/** Whoever waits for a receipt gives up at about this time, and sends again: more of it makes it only worse. */
const maxLagMs = 10_000

/** Finds out whether the store takes and gives back, by doing it. */
export function createReadiness(store: Store, kind: string, isClosing: () => boolean): () => Promise<Readiness> {
  let isOpen = false
  let underWay: Promise<string | null> | null = null
  let known: { readonly at: number; readonly code: string | null } | null = null
  store.ready.then(
    () => {
      isOpen = true
    },
    () => {},
  )

  return async () => {
    const code = isClosing() ? 'closing' : ((await codeOfStore()) ?? codeOfLag())
    const { waitingEvents, oldestMs } = store.lag()
    return { status: code === null ? 'ready' : 'not_ready', code, store: kind, waiting_events: waitingEvents, lag_ms: oldestMs }
  }

  function codeOfLag(): string | null {
    return store.lag().oldestMs > maxLagMs ? 'overloaded' : null
  }

  /** One probe at a time: those that a stuck disk does not answer would pile up. */
  async function codeOfStore(): Promise<string | null> {
    if (known !== null && performance.now() - known.at < freshMs) return known.code
    underWay ??= probe().finally(() => {
      underWay = null
    })
    const code = await withPatience(underWay)
    known = { at: performance.now(), code }
    return code
  }

  async function probe(): Promise<string | null> {
    try {
      await store.ready
      await store.probe()
      return null
    } catch (cause) {
      const code = (cause as { readonly code?: unknown } | null)?.code
      return typeof code === 'string' ? code : 'store_unavailable'
    }
  }

  async function withPatience(asked: Promise<string | null>): Promise<string | null> {
    const late = Promise.withResolvers<string>()
    const timer = setTimeout(() => late.resolve(isOpen ? 'query_timeout' : 'starting'), patienceMs)
    try {
      return await Promise.race([asked, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}
