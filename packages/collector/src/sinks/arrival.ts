import type { EventRecord, SinkRecord } from './sink.ts'

/** A tracker's number (`seq`) that has arrived. What became of the event that brought it plays no part. */
export interface Arrival {
  readonly anonymousId: string
  /** From 1. */
  readonly seq: number
  /** When the event happened, corrected; when it was received, if it could not be stored. Ms since 1970 UTC. */
  readonly at: number
  /** Day of `at` in the project's time zone. */
  readonly day: string
  /** `null` where the user agent does not say. */
  readonly browser: string | null
}

/** The number that a record brings, if its tracker gave it one. */
export function arrivalOf(record: SinkRecord): Arrival | null {
  if (record.kind === 'decision') return null
  return record.kind === 'event' ? arrivalOfEvent(record) : record.arrival
}

const arrivalOfEvent = ({ anonymousId, seq, occurredAt, day, device }: EventRecord): Arrival | null =>
  anonymousId === null || seq === null ? null : { anonymousId, seq, at: occurredAt, day, browser: device.browser }
