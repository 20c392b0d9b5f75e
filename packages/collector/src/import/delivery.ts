import { limits, type Receipt } from '@footfall/events'
import { type AskedCollector, CollectorRefusal } from '../commands/ask-collector.ts'
import { FootfallError } from '../errors.ts'
import type { EventValidation, Validation } from '../ingest/validation.ts'
import type { Entry } from './entries.ts'
import { eventIdOf } from './event-id.ts'

/** What became of one event. */
export interface Outcome {
  readonly entry: Entry
  readonly status: 'accepted' | 'duplicate' | 'quarantined' | 'rejected' | 'unreadable'
  readonly code: string | null
  readonly detail: string | null
  /** What it would become; only of a rehearsal. */
  readonly validation: EventValidation | null
}

/** What is the same for all events of an import. */
export interface ImportRequest {
  readonly collector: AskedCollector
  /** Sleeps; tests do not. */
  readonly wait: (ms: number) => Promise<void>
}

/** Room for what stands around the events. */
const maxBytes = limits.maxBatchBytes - 4096
const maxEvents = limits.maxBatchEvents

/** What goes in one request: its events, and among them, in the order of the file, what holds none. */
export type Parcel = readonly Entry[]

/**
 * Cuts entries into requests, in their order, and gives each event its id. What is larger than any event may be goes in none.
 *
 * @param source whose events they are
 */
export async function* cutParcels(entries: AsyncIterable<Entry>, source: string): AsyncGenerator<Parcel> {
  let parcel: Entry[] = []
  let bytes = 0
  for await (const built of entries) {
    const { entry, size } = weighed(built, source)
    if (parcel.length === maxEvents || bytes + size > maxBytes) {
      yield parcel
      parcel = []
      bytes = 0
    }
    parcel.push(entry)
    bytes += size
  }
  if (parcel.length > 0) yield parcel
}

/** With its id, and how many bytes it takes in a request. */
function weighed(entry: Entry, source: string): { readonly entry: Entry; readonly size: number } {
  if (entry.event === null) return { entry, size: 0 }
  const refused = (problem: string) => ({ entry: { ...entry, event: null, problem }, size: 0 })
  try {
    const event = { ...entry.event, id: eventIdOf(entry.event, source), source }
    const size = Buffer.byteLength(JSON.stringify(event)) + 1
    return size > maxBytes ? refused(tooLarge) : { entry: { ...entry, event }, size }
  } catch (cause) {
    // What calls itself for each level ends there; of such an event nothing would be kept.
    if (cause instanceof RangeError) return refused('It is nested too deeply.')
    throw cause
  }
}

const tooLarge = `It is larger than ${limits.maxEventBytes} bytes, which is more than one event may be.`

const batchOf = (events: readonly Entry[], { writeKey }: AskedCollector): object => ({
  // Without one the secret key names the project.
  write_key: writeKey ?? '',
  import: true,
  events: events.map(({ event }) => event),
})

/** Sends what can be sent, and finds for each entry what became of it. */
async function send<A>(
  parcel: Parcel,
  { collector, ...request }: ImportRequest,
  path: string,
  verdictsIn: (answer: A) => (index: number) => Verdict,
): Promise<readonly Outcome[]> {
  const events = parcel.filter(({ event }) => event !== null)
  const ask = () => collector.request('POST', path, batchOf(events, collector))
  // The collector's own answer, in the shape that both ends share.
  const verdictOf = events.length === 0 ? null : verdictsIn((await patiently({ collector, ...request }, ask)) as A)
  let index = 0
  return parcel.map((entry): Outcome => {
    if (entry.event === null || verdictOf === null)
      return { entry, status: 'unreadable', code: 'unreadable', detail: entry.problem, validation: null }
    const verdict = verdictOf(index)
    index += 1
    return { entry, ...verdict }
  })
}

type Verdict = Omit<Outcome, 'entry'>

const accepted: Verdict = { status: 'accepted', code: null, detail: null, validation: null }

/** @throws FootfallError when the collector cannot be asked, or refuses the request as a whole */
export const deliver = (parcel: Parcel, request: ImportRequest): Promise<readonly Outcome[]> =>
  send<Receipt>(parcel, request, '/v1/events', ({ problems }) => {
    const byIndex = new Map(problems.map((problem) => [problem.index, problem]))
    return (index) => {
      const problem = byIndex.get(index)
      return problem === undefined ? accepted : { ...problem, validation: null }
    }
  })

/** The same without storing anything: what is a duplicate only shows when it is delivered. */
export const rehearse = (parcel: Parcel, request: ImportRequest): Promise<readonly Outcome[]> =>
  send<Validation>(parcel, request, '/v1/validate', ({ events }) => (index) => {
    const validation = events[index]
    return validation === undefined ? accepted : { ...validation, validation }
  })

const maxTries = 8
const longestWaitMs = 30_000

/** What passes is waited for: a collector that is busy, or is being started anew. */
async function patiently<T>({ wait }: ImportRequest, act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act()
    } catch (cause) {
      const waitMs = waitFor(cause, tries)
      if (waitMs === null || tries === maxTries) throw cause
      await wait(waitMs)
    }
  }
}

function waitFor(cause: unknown, tries: number): number | null {
  if (cause instanceof CollectorRefusal) {
    return cause.retryAfterMs === null ? null : Math.min(longestWaitMs, cause.retryAfterMs)
  }
  const isAway = cause instanceof FootfallError && cause.code === 'collector_unreachable'
  return isAway ? Math.min(longestWaitMs, 250 * 2 ** tries) : null
}
