import { fault } from '../normalise/notes.ts'

/** What stays of an id that was erased, under its pseudonym. */
export interface Tombstone {
  /** Ms since 1970 UTC. */
  readonly erasedAt: number
  /** Of an anonymous id: somebody else, who is not erased, was seen with it. */
  readonly isShared: boolean
}

/** Why nothing more is kept of somebody. */
export const erased = fault('erased', 'What is known about this person was erased at their request, and nothing is kept any more')

/** An event, as far as tombstones decide about it. */
export interface Arriving {
  readonly userId: string | null
  /** Tombstone of its anonymous id. */
  readonly device: Tombstone | undefined
  /** Tombstone of its user id. */
  readonly user: Tombstone | undefined
  /** Ms since 1970 UTC; `null` when it cannot be told. */
  readonly happenedAt: number | null
}

/**
 * Is it about somebody who was erased? An erased device is for good, but for the other customers of a shared one. A user id may come back:
 * what happened before the erasure, or when cannot be told, does not.
 */
export function isErased({ userId, device, user, happenedAt }: Arriving): boolean {
  if (device !== undefined && (!device.isShared || userId === null || user !== undefined)) return true
  return user !== undefined && (happenedAt === null || happenedAt <= user.erasedAt)
}

/** Whom to erase. */
export interface ErasureAsk {
  readonly project: string
  /** A user id or an anonymous id. */
  readonly id: string
  /** Ms since 1970 UTC. */
  readonly at: number
}

/** What was erased where. */
export interface Erased {
  readonly users: number
  readonly devices: number
  readonly events: number
  readonly quarantined: number
  readonly sessions: number
  readonly visitorDays: number
  readonly numberRuns: number
  readonly trackerDrops: number
  readonly naturalKeys: number
  readonly links: number
}

export const nothingErased: Erased = {
  users: 0,
  devices: 0,
  events: 0,
  quarantined: 0,
  sessions: 0,
  visitorDays: 0,
  numberRuns: 0,
  trackerDrops: 0,
  naturalKeys: 0,
  links: 0,
}

/** A finished erasure. */
export interface Erasure extends Erased {
  /** Ms since 1970 UTC. */
  readonly erasedAt: number
  /** Pseudonym of the id that was asked for. */
  readonly subjectHash: string
  readonly tombstones: number
  /** Is it out of the files, too? Not yet while another program reads them: that is tried again until it succeeds. */
  readonly isOutOfFiles: boolean
}

/** Body of the answer to `DELETE /v1/subjects/{id}`. */
export const receiptOfErasure = ({ erasedAt, subjectHash, tombstones, isOutOfFiles, ...erased }: Erasure) => ({
  subject_hash: subjectHash,
  erased_at: new Date(erasedAt).toISOString(),
  user_ids: erased.users,
  anonymous_ids: erased.devices,
  events: erased.events,
  quarantined: erased.quarantined,
  sessions: erased.sessions,
  visitor_days: erased.visitorDays,
  number_runs: erased.numberRuns,
  tracker_drops: erased.trackerDrops,
  natural_keys: erased.naturalKeys,
  links: erased.links,
  tombstones,
  files: isOutOfFiles ? 'clean' : 'pending',
})
