import type { DayOf } from '../normalise/day.ts'
import { addDays } from '../reports/days.ts'
import type { HeardSource } from '../sinks/registering.ts'
import { type SourceStatus, statusOf } from './health.ts'
import { unregisteredSource, type WireSource, wireSource } from './read-source.ts'
import type { Registry } from './registry.ts'
import type { Source } from './source.ts'

/** A row of `GET /v1/sources`. */
export interface SourceRow extends WireSource {
  readonly is_registered: boolean
  /** ISO 8601; `null`: never heard of. */
  readonly first_seen: string | null
  readonly last_seen: string | null
  /** Today and the six days before, whatever became of it. */
  readonly received_7d: number
  readonly quarantined_7d: number
  /** Share of what was received in these days that is in quarantine; `null` where nothing was. */
  readonly error_rate: number | null
  readonly status: SourceStatus
}

/** What is known about sources, at one moment. */
export interface SourceFacts {
  readonly registry: Registry
  readonly heard: readonly HeardSource[]
  readonly dayOf: DayOf
  readonly now: number
  /** Only this one. @defaultValue all */
  readonly only?: string
}

/** Every source that is registered or heard of, in the order of their ids; what names none comes first. */
export function sourceRows({ registry, heard, dayOf, now, only }: SourceFacts): readonly SourceRow[] {
  const { sources } = registry
  const heardById = new Map(heard.map((one) => [one.source, one]))
  return [...new Set([...sources.keys(), ...heardById.keys()])]
    .filter((id) => only === undefined || id === only)
    .sort()
    .map((id) => sourceRow(id, sources.get(id) ?? null, heardById.get(id) ?? null, dayOf, now))
}

function sourceRow(id: string, source: Source | null, heard: HeardSource | null, dayOf: DayOf, now: number): SourceRow {
  const today = dayOf(now)
  const lastWeek = (heard?.days ?? []).filter(({ day }) => day > addDays(today, -7))
  const received = lastWeek.reduce((sum, day) => sum + day.received, 0)
  const quarantined = lastWeek.reduce((sum, day) => sum + day.quarantined, 0)
  const history = {
    firstDay: heard && dayOf(heard.firstSeen),
    lastDay: heard && dayOf(heard.lastSeen),
    received: new Map((heard?.days ?? []).map((day) => [day.day, day.received])),
    expectedPerDay: source?.expectedPerDay ?? null,
  }
  return {
    ...(source === null ? unregisteredSource(id) : wireSource(source)),
    is_registered: source !== null,
    first_seen: heard && new Date(heard.firstSeen).toISOString(),
    last_seen: heard && new Date(heard.lastSeen).toISOString(),
    received_7d: received,
    quarantined_7d: quarantined,
    error_rate: received === 0 ? null : quarantined / received,
    status: statusOf(history, today),
  }
}
