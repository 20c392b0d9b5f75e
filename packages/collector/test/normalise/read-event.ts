import { normaliseEvent } from '../../src/normalise/event.ts'
import { resolveEventName } from '../../src/normalise/event-name.ts'
import { createNotes, type Flag } from '../../src/normalise/notes.ts'
import type { Repair } from '../../src/normalise/outcome.ts'

export interface ReadEvent {
  readonly name: string
  readonly properties: Readonly<Record<string, unknown>>
  /** Path -> minor units and currency. */
  readonly money: Readonly<Record<string, string>>
  readonly repairs: readonly Repair[]
  readonly flags: readonly Flag[]
}

/** What an event becomes, or the code and detail of what is wrong with it. */
export function readEvent(name: string, properties: Readonly<Record<string, unknown>>): ReadEvent | string {
  const notes = createNotes()
  const at = Date.UTC(2026, 10, 21, 12)
  const read = normaliseEvent(
    { name, properties, occurred_at: at, session: { id: 'session-1', index: 1 } },
    resolveEventName(name),
    {
      time: { occurredAt: at } as never, // all that is read of it
      device: { device: 'mobile' } as never,
      baseCurrency: 'EUR',
      rates: null,
      dayOf: () => '2026-11-21',
    } as never,
    notes,
  )
  if ('kind' in read) return `${read.code}: ${read.detail}`
  const money = Object.fromEntries(
    Object.entries(read.money).map(([path, { minor, currency }]) => [path, `${minor} ${currency}`]),
  )
  return { name: read.name, properties: read.properties, money, repairs: notes.repairs, flags: [...notes.flags] }
}

/** The same of an event that has to come out. */
export function readGood(name: string, properties: Readonly<Record<string, unknown>>): ReadEvent {
  const read = readEvent(name, properties)
  if (typeof read === 'string') throw new Error(read)
  return read
}
