import type { DatabaseSync } from 'node:sqlite'
import type { CountQuality, QualityKind } from '../../quality/count.ts'

/** Sums up the counts of one transaction: most events of a group have the same. */
export interface QualityCounts {
  /** Counts under a day and source, which is heard of at that time. */
  of(project: string, day: string, source: string, receivedAt: number): CountQuality
  all(): Iterable<SourceDay>
}

interface SourceDay {
  readonly project: string
  readonly day: string
  readonly source: string
  firstSeen: number
  lastSeen: number
  readonly counts: Map<string, Count>
  readonly count: CountQuality
}

interface Count {
  readonly kind: QualityKind
  readonly key: string
  events: number
}

export function createQualityCounts(): QualityCounts {
  const days = new Map<string, SourceDay>()
  let latest: SourceDay | undefined
  return {
    of(project, day, source, receivedAt) {
      // A delivery is nearly always of one source.
      if (latest?.project !== project || latest.day !== day || latest.source !== source) {
        const id = JSON.stringify([project, day, source])
        latest = days.get(id) ?? sourceDay(project, day, source, receivedAt)
        days.set(id, latest)
      }
      latest.firstSeen = Math.min(latest.firstSeen, receivedAt)
      latest.lastSeen = Math.max(latest.lastSeen, receivedAt)
      return latest.count
    },
    all: () => days.values(),
  }
}

function sourceDay(project: string, day: string, source: string, receivedAt: number): SourceDay {
  const counts = new Map<string, Count>()
  const count: CountQuality = (kind, key) => {
    const id = `${kind} ${key}`
    const known = counts.get(id)
    if (known === undefined) counts.set(id, { kind, key, events: 1 })
    else known.events += 1
  }
  return { project, day, source, firstSeen: receivedAt, lastSeen: receivedAt, counts, count }
}

export function createWriteQuality(db: DatabaseSync): (sums: QualityCounts) => void {
  const add = db.prepare(`INSERT INTO daily_quality VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (project, day, source, kind, key) DO UPDATE SET events = events + excluded.events`)
  const see = db.prepare(`INSERT INTO source_times VALUES (?, ?, ?, ?) ON CONFLICT (project, source)
    DO UPDATE SET first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)`)
  return (sums) => {
    for (const { project, day, source, firstSeen, lastSeen, counts } of sums.all()) {
      for (const { kind, key, events } of counts.values()) add.run(project, day, source, kind, key, events)
      see.run(project, source, firstSeen, lastSeen)
    }
  }
}
