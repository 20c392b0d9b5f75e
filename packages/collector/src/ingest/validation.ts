import type { Flag } from '../normalise/notes.ts'
import type { Repair } from '../normalise/outcome.ts'
import { type StoredEvent, storedEvent } from '../sinks/stored-event.ts'
import type { Judged } from './judge.ts'

/** What would become of one event. */
export interface EventValidation {
  /** Position in the batch, from 0. */
  readonly index: number
  /** As it was sent; `null` where there was none to read. */
  readonly id: string | null
  readonly status: 'accepted' | 'quarantined' | 'rejected'
  /** Why it is not accepted. */
  readonly code: string | null
  readonly detail: string | null
  /** As `GET /v1/events` would show it; `null` where it is not accepted. */
  readonly event: StoredEvent | null
  readonly repairs: readonly Repair[]
  readonly flags: readonly Flag[]
}

/** The answer to `POST /v1/validate`. */
export interface Validation {
  readonly received_at: string
  readonly accepted: number
  readonly quarantined: number
  readonly rejected: number
  /** In the order of the batch. */
  readonly events: readonly EventValidation[]
}

/**
 * What judging alone says. Whether the store has the event already, or knows of a withdrawal or an erasure, is only asked when it is
 * delivered.
 */
export function validationOf(judged: readonly Judged[], receivedAt: number): Validation {
  const counts = { accepted: 0, quarantined: 0, rejected: 0 }
  const events = judged.map((event, index) => {
    const validation = eventValidation(event, index, receivedAt)
    counts[validation.status] += 1
    return validation
  })
  return { received_at: new Date(receivedAt).toISOString(), ...counts, events }
}

function eventValidation({ id, record, fault }: Judged, index: number, receivedAt: number): EventValidation {
  const common = { index, id, code: fault?.code ?? null, detail: fault?.detail ?? null }
  if (record.kind !== 'event') {
    const status = record.kind === 'quarantine' ? 'quarantined' : 'rejected'
    return { ...common, status, event: null, repairs: [], flags: [] }
  }
  const { repairs, flags } = record
  return { ...common, status: 'accepted', event: storedEvent(record, receivedAt, null), repairs, flags }
}
