import { dropReasons } from '@footfall/events'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { eventCodes, refusals } from '../errors.ts'
import { secondsBuckets } from './buckets.ts'
import type { Passed } from './passage.ts'

/** What is counted about requests and the events in them. */
export interface RequestMetrics {
  /** A request that came to be read was answered. */
  passed(passed: Passed): void
  /**
   * Events of a project were given a receipt.
   *
   * @param at ms since 1970 UTC
   */
  received(project: string, verdicts: readonly { readonly status: string; readonly code: string | null }[], at: number): void
  drop(reason: string, events: number): void
  refusal(code: string): void
}

export function createRequestMetrics(registry: Registry, projects: readonly { readonly id: string }[]): RequestMetrics {
  const registers = [registry]
  const offered = new Counter({
    name: 'footfall_offered_events_total',
    help: 'Events of requests that were read, and may write: received + unstored.',
    labelNames: ['project'],
    registers,
  })
  const received = new Counter({
    name: 'footfall_received_events_total',
    help: 'Events that were given a receipt: accepted + duplicate + quarantined + rejected.',
    labelNames: ['project'],
    registers,
  })
  const events = new Counter({
    name: 'footfall_events_total',
    help: 'Received events by what became of them.',
    labelNames: ['project', 'status', 'code'],
    registers,
  })
  const unstored = new Counter({
    name: 'footfall_unstored_events_total',
    help: 'Events that could not be stored, by the code of the answer. Their senders send them again.',
    labelNames: ['project', 'code'],
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
  const refused = new Counter({
    name: 'footfall_refused_requests_total',
    help: 'Requests refused whole, by code.',
    labelNames: ['code'],
    registers,
  })
  const requests = new Histogram({
    name: 'footfall_request_seconds',
    help: 'From the head of a request until it is answered, by the way it came in and whether with a receipt.',
    labelNames: ['way', 'outcome'],
    buckets: secondsBuckets,
    registers,
  })
  const stageTimes = new Histogram({
    name: 'footfall_stage_seconds',
    help: 'Of that: until the body has come, until it is its turn (of those that wait), to inflate and parse it, to judge its events, until they are durable.',
    labelNames: ['stage'],
    buckets: secondsBuckets,
    registers,
  })

  // A counter that first shows with the first thing it counts has no rate for it.
  for (const { id: project } of projects) {
    offered.inc({ project }, 0)
    received.inc({ project }, 0)
    events.inc({ project, status: 'accepted', code: '' }, 0)
    for (const [code, status] of Object.entries(eventCodes)) events.inc({ project, status, code }, 0)
    for (const code of faultCodes) unstored.inc({ project, code }, 0)
  }
  for (const code of Object.keys(refusals)) refused.inc({ code }, 0)
  for (const reason of [...dropReasons, 'other']) drops.inc({ reason }, 0)

  return {
    passed({ way, project, events: count, code, startedAt, endedAt, stages }) {
      requests.observe({ way, outcome: code === null ? 'receipt' : 'refused' }, (endedAt - startedAt) / 1000)
      for (const { stage, from, to } of stages) stageTimes.observe({ stage }, (to - from) / 1000)
      if (project === null || count === 0 || way === 'validate') return
      offered.inc({ project }, count)
      if (code !== null) unstored.inc({ project, code }, count)
    },
    received(project, verdicts, at) {
      if (verdicts.length === 0) return
      received.inc({ project }, verdicts.length)
      for (const { status, code, count } of tallied(verdicts)) events.inc({ project, status, code: code ?? '' }, count)
      lastReceived.set({ project }, at / 1000)
    },
    drop: (reason, count) => drops.inc({ reason }, count),
    refusal: (code) => refused.inc({ code }),
  }
}

/** What keeps events from being stored after they were judged. */
const faultCodes = Object.entries(refusals).flatMap(([code, { status }]) => (status >= 500 ? [code] : []))

type Tally = { readonly status: string; readonly code: string | null; count: number }

/** Most batches have one outcome, all of them few: counting them first spares looking a counter up for each event. */
function tallied(verdicts: readonly { readonly status: string; readonly code: string | null }[]): readonly Tally[] {
  const tallies: Tally[] = []
  for (const { status, code } of verdicts) {
    const same = tallies.find((tally) => tally.status === status && tally.code === code)
    if (same === undefined) tallies.push({ status, code, count: 1 })
    else same.count += 1
  }
  return tallies
}
