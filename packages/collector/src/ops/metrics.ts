import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Lag } from '../sinks/sink.ts'

/** What the collector counts about itself. Labels are closed lists only: never a name, an id or an address. */
export interface Metrics {
  readonly registry: Registry
  verdict(project: string, status: string, code: string | null): void
  /** Events of a project were received then, ms since 1970 UTC, whatever became of them. */
  received(project: string, at: number): void
  drop(reason: string, events: number): void
  refusal(code: string): void
  commit(seconds: number, events: number): void
  /** Somebody's data was asked for, or erased. */
  subject(project: string, action: 'export' | 'erasure'): void
  /** Rows went, on request or by their age. */
  removed(project: string, why: 'erasure' | 'retention' | 'purge' | 'replay', what: 'events' | 'quarantined', rows: number): void
}

export function createMetrics(lag: () => Lag): Metrics {
  // Its own registry: two collectors in one process, or a host's own metrics, must not meet.
  const registry = new Registry()
  const registers = [registry]
  const events = new Counter({
    name: 'footfall_events_total',
    help: 'Events by what became of them; received is the sum.',
    labelNames: ['project', 'status', 'code'],
    registers,
  })
  const lastReceived = new Gauge({
    name: 'footfall_last_received_timestamp_seconds',
    help: 'When events were last received: time() less this is how old the newest data is. By source: GET /v1/reports/quality.',
    labelNames: ['project'],
    registers,
  })
  const drops = new Counter({
    name: 'footfall_tracker_drops_total',
    help: 'Events that trackers gave up, as they report it, by reason. Retries may report again: the store counts exactly.',
    labelNames: ['reason'],
    registers,
  })
  const refusals = new Counter({
    name: 'footfall_refused_requests_total',
    help: 'Requests refused whole, by code.',
    labelNames: ['code'],
    registers,
  })
  const commits = new Histogram({
    name: 'footfall_commit_seconds',
    help: 'From handing a delivery to the store until it is durable.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const sizes = new Histogram({
    name: 'footfall_delivery_events',
    help: 'Events per delivery.',
    buckets: [1, 5, 10, 20, 50, 100, 200, 500],
    registers,
  })
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
  new Gauge({
    name: 'footfall_waiting_events',
    help: 'Events that wait for the disk.',
    registers,
    collect() {
      this.set(lag().waitingEvents)
    },
  })
  new Gauge({
    name: 'footfall_waiting_seconds',
    help: 'Age of the oldest delivery that waits for the disk.',
    registers,
    collect() {
      this.set(lag().oldestMs / 1000)
    },
  })

  return {
    registry,
    verdict: (project, status, code) => events.inc({ project, status, code: code ?? '' }),
    received: (project, at) => lastReceived.set({ project }, at / 1000),
    drop: (reason, count) => drops.inc({ reason }, count),
    refusal: (code) => refusals.inc({ code }),
    commit(seconds, count) {
      commits.observe(seconds)
      sizes.observe(count)
    },
    subject: (project, action) => subjects.inc({ project, action }),
    removed: (project, why, what, rows) => removed.inc({ project, why, what }, rows),
  }
}
