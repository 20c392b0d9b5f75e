import type { DatabaseSync } from 'node:sqlite'

/**
 * First reports that retention has taken while others of the same happening are left. They were counted, and that stands: so what is left
 * goes on to repeat them, and their keys (`natural_keys`) stay theirs for as long as anything does.
 */
export interface AgedFirsts {
  /**
   * Has the event that a stored one repeats aged out, and does it repeat that still? Under another key it reports something else. Whoever
   * goes in another way leaves an heir.
   *
   * @param naturalKey what the stored one names from now on, in hexadecimal
   */
  isRepeated(project: string, first: Uint8Array, naturalKey: string | null): boolean
  /**
   * To be called when an event has gone, or repeats it no more.
   *
   * @returns how many keys went with the last report
   */
  leave(project: string, first: Uint8Array): number
}

export function createAgedFirsts(db: DatabaseSync): AgedFirsts {
  const isThere = db.prepare('SELECT 1 FROM events WHERE project = ? AND event_id = ?')
  const keysOf = db.prepare('SELECT key FROM natural_keys INDEXED BY natural_keys_by_event WHERE project = ? AND event_id = ?')
  // Who reports the order once more after so long is counted once more; to prevent it the key would have to be kept for ever.
  const release = db.prepare(`DELETE FROM natural_keys INDEXED BY natural_keys_by_event WHERE project = ?1 AND event_id = ?2
    AND NOT EXISTS (SELECT 1 FROM events WHERE project = ?1 AND event_id = ?2)
    AND NOT EXISTS (SELECT 1 FROM events INDEXED BY duplicates WHERE project = ?1 AND duplicate_of = ?2)`)
  return {
    isRepeated(project, first, naturalKey) {
      if (isThere.get(project, first) !== undefined) return false
      const keys = keysOf.all(project, first) as unknown as readonly { readonly key: Uint8Array }[]
      return naturalKey === null || keys.length === 0 || keys.some(({ key }) => Buffer.from(key).toString('hex') === naturalKey)
    },
    leave: (project, first) => Number(release.run(project, first).changes),
  }
}
