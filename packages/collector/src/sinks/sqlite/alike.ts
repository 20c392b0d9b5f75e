import type { DatabaseSync } from 'node:sqlite'
import { likenessWindowMs } from '../../normalise/likeness.ts'
import { type Heir, heirColumns } from './heir.ts'

/**
 * Events that say the same, close to each other, are most likely one that was sent more than once: all but the first to happen are marked as
 * a repetition of the one before them. So an event's mark depends on the nearest one before it alone, and whoever comes or goes changes
 * at most the next one: the marks are the same in whatever order events arrive.
 */
export interface Alike {
  /** Puts an event among those that say the same. Its row is there, and has no mark; the caller makes it. */
  join(project: string, event: Joining): Joined
  /**
   * Takes an event out of them, whose row may still be there.
   *
   * @param goes Will this event be taken out as well? Then it is left as it is.
   * @returns the event that was marked as a repetition, and counts from now on
   */
  leave(project: string, eventId: Uint8Array, goes: (next: Heir) => boolean): Heir | undefined
}

export interface Joining {
  readonly position: number | bigint
  readonly eventId: Uint8Array
  readonly name: string
  readonly occurredAt: number
  readonly likeness: Uint8Array
}

export interface Joined {
  /** Id of the event that it repeats. */
  readonly repeats: Uint8Array | null
  /** The event that counted until now, and repeats this one. Its day and its ids are those of this one. */
  readonly displaced: Heir | null
}

export const alikeFlag = 'probable_duplicate'

/** As the index `alike_events` has it: what happened at about the same time is close to each other there. */
const bucketMs = 10_000

export function createAlike(db: DatabaseSync): Alike {
  const before = db.prepare(
    nearest(`occurred_at = :at AND position < :position ORDER BY position DESC`, 'BETWEEN :at - :window AND :at - 1', 'DESC'),
  )
  const after = db.prepare(
    nearest(`occurred_at = :at AND position > :position ORDER BY position`, 'BETWEEN :at + 1 AND :at + :window', 'ASC'),
  )
  // Nearly no event has one like it. So much the index alone can tell, for a fraction of what the other two cost.
  const any = db.prepare(`SELECT 1 FROM events INDEXED BY alike_events
    WHERE project = ? AND occurred_at / ${bucketMs} = ? AND likeness = ?
      AND occurred_at BETWEEN ? AND ? AND position <> ? LIMIT 1`)
  const nextOf = db.prepare(`SELECT ${heirColumns}, likeness FROM events
    WHERE project = ? AND duplicate_of = ? AND likeness IS NOT NULL`)
  const positionOf = db.prepare('SELECT position FROM events WHERE project = ? AND event_id = ?')
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')

  return {
    join(project, { position, eventId, name, occurredAt, likeness }) {
      const window = likenessWindowMs(name)
      const near = [occurredAt - window, occurredAt + window] as const
      if (bucketsWithin(...near).every((bucket) => any.get(project, bucket, likeness, ...near, position) === undefined))
        return alone
      const place = { project, likeness, position, at: occurredAt, window, without: position }
      const previous = before.get({ ...place, ...bucketsOf(occurredAt, occurredAt - window) }) as AlikeRow | undefined
      const next = after.get({ ...place, ...bucketsOf(occurredAt, occurredAt + window) }) as AlikeRow | undefined
      if (next !== undefined) mark.run(eventId, withAlike(next.flags, true), next.position)
      const wasCounted = next !== undefined && next.duplicate_of === null
      return { repeats: previous?.event_id ?? null, displaced: wasCounted ? next : null }
    },
    leave(project, eventId, goes) {
      const next = nextOf.get(project, eventId) as (Heir & { readonly likeness: Uint8Array }) | undefined
      if (next === undefined || goes(next)) return undefined
      const { position, name, occurred_at: at, likeness } = next
      const window = likenessWindowMs(name)
      const without = (positionOf.get(project, eventId) as { position: number } | undefined)?.position ?? 0
      const place = { project, likeness, position, at, window, without, ...bucketsOf(at, at - window) }
      const previous = before.get(place) as AlikeRow | undefined
      mark.run(previous?.event_id ?? null, withAlike(next.flags, previous !== undefined), position)
      return previous === undefined ? next : undefined
    },
  }
}

interface AlikeRow extends Heir {
  readonly duplicate_of: Uint8Array | null
}

/** Three looks at the index, each of which ends with the first row that it finds: so many events can be alike as somebody likes to send. */
function nearest(atOnce: string, within: string, order: 'ASC' | 'DESC'): string {
  const look = (bucket: string, condition: string): string => `SELECT * FROM (SELECT ${heirColumns}, duplicate_of
    FROM events INDEXED BY alike_events
    WHERE project = :project AND occurred_at / ${bucketMs} = ${bucket} AND likeness = :likeness AND position <> :without
      AND ${condition} LIMIT 1)`
  const nearby = `occurred_at ${within} ORDER BY occurred_at ${order}, position ${order}`
  return [look(':bucket', atOnce), look(':bucket', nearby), look(':farBucket', `:farBucket <> :bucket AND ${nearby}`)]
    .join(' UNION ALL ')
    .concat(' LIMIT 1')
}

const alone: Joined = { repeats: null, displaced: null }

/** One or two: no window is as long as a bucket. */
function bucketsWithin(from: number, to: number): readonly number[] {
  const { bucket, farBucket } = bucketsOf(from, to)
  return bucket === farBucket ? [bucket] : [bucket, farBucket]
}

const bucketsOf = (at: number, far: number) => ({ bucket: Math.trunc(at / bucketMs), farBucket: Math.trunc(far / bucketMs) })

function withAlike(flags: string, isAlike: boolean): string {
  const others = (JSON.parse(flags) as string[]).filter((flag) => flag !== alikeFlag)
  return JSON.stringify(isAlike ? [...others, alikeFlag] : others)
}
