import { Counter, Gauge, Registry } from 'prom-client'
import { numberOfDay } from '../normalise/closing-days.ts'
import { createRequestMetrics, type RequestMetrics } from './request-metrics.ts'
import { createStoreMetrics, type StoreFacts, type StoreMetrics } from './store-metrics.ts'

/** What the collector counts about itself. Labels are closed lists only: never a name, an id or an address. */
export interface Metrics extends RequestMetrics, StoreMetrics {
  readonly registry: Registry
  /** What Prometheus reads. Whoever asks while it is written gets the same. */
  text(): Promise<string>
  readonly contentType: string
  /** Somebody's data was asked for, or erased. */
  subject(project: string, action: 'export' | 'erasure'): void
  /** Rows went, on request or by their age. */
  removed(project: string, why: 'erasure' | 'retention' | 'purge' | 'replay', what: 'events' | 'quarantined', rows: number): void
  /** All that had been kept for long enough is gone. */
  retained(at: number): void
}

/** What is looked up whenever somebody asks. */
export interface Facts extends StoreFacts {
  readonly projects: readonly { readonly id: string; readonly retentionDays: object }[]
  /** Newest day of the exchange rates, `YYYY-MM-DD`; `null` where there are none. */
  readonly newestRate: () => string | null
  readonly watchers: () => number
}

export function createMetrics(facts: Facts): Metrics {
  // Its own registry: two collectors in one process, or a host's own metrics, must not meet.
  const registry = new Registry()
  const registers = [registry]
  const subjects = new Counter({
    name: 'footfall_subject_requests_total',
    help: 'Exports and erasures of what is known about one person.',
    labelNames: ['project', 'action'],
    registers,
  })
  const removed = new Counter({
    name: 'footfall_removed_rows_total',
    help: 'Events and quarantined events that were erased on request, had been kept for long enough, were replayed or purged.',
    labelNames: ['project', 'why', 'what'],
    registers,
  })
  // Not there at all where everything is kept: a nought that means nothing would ring somebody's bell.
  const isAnythingAged = facts.projects.some(({ retentionDays }) => Object.keys(retentionDays).length > 0)
  const retained = new Gauge({
    name: 'footfall_retention_last_run_timestamp_seconds',
    help: 'When all that had been kept for long enough was last removed. 0: not since the start.',
    registers: isAnythingAged ? registers : [],
  })
  new Gauge({
    name: 'footfall_rates_newest_timestamp_seconds',
    help: 'The newest day of the exchange rates, where there are any.',
    registers,
    collect() {
      const day = facts.newestRate()
      if (day === null) this.remove()
      else this.set(numberOfDay(day) * 86_400)
    },
  })
  new Gauge({
    name: 'footfall_live_watchers',
    help: 'Connections that are told what arrives.',
    registers,
    collect() {
      this.set(facts.watchers())
    },
  })
  let written: Promise<string> | null = null
  return {
    registry,
    contentType: registry.contentType,
    text() {
      written ??= registry.metrics().finally(() => {
        written = null
      })
      return written
    },
    ...createRequestMetrics(registry, facts.projects),
    ...createStoreMetrics(registry, facts),
    subject: (project, action) => subjects.inc({ project, action }),
    removed: (project, why, what, rows) => removed.inc({ project, why, what }, rows),
    retained: (at) => retained.set(at / 1000),
  }
}
