import type { Traits } from '@footfall/events'
import { read, write } from '../platform/storage.ts'
import { uuid } from '../platform/uuid.ts'

/** Who the visitor is to the shop, as stamped on an event. Null means not known, or not allowed to be known. */
export interface Who {
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly traits: Traits | null
  readonly session: { readonly id: string; readonly index: number } | null
}

export const nobody: Who = { anonymous_id: null, user_id: null, traits: null, session: null }

export interface Identity {
  /** The identity for an event at this moment; the same object for as long as nothing about it changed. */
  stamp(now: number): Who
  /**
   * Kept in memory until the next stamp. Another customer than before is another visitor.
   * @throws TypeError without a user id, and when the traits are no JSON
   */
  identify(userId: string, traits?: Traits): void
  /**
   * Forgets the visitor, on the device too. The next stamp begins a new one that nothing links to the old.
   * @param isHeard another page has done so, and what stands on the device since is the next visitor
   */
  rotate(isHeard?: boolean): void
  /** Takes over what other pages have written down. */
  load(): void
  /** Writes down how far the session has come: localStorage costs too much to do so at every event. */
  save(): void
}

/** A visit ends after 30 idle minutes: what GA4 and Segment count by, so that numbers can be compared. */
const sessionIdleMs = 30 * 60 * 1000

/**
 * An identity on the device is what consent is about: nothing is stamped, and so nothing made or kept, before a grant.
 * @param key where it stands on the device
 */
export function createIdentity(key: string): Identity {
  let who = nobody
  /** Last activity, here or as another page wrote it down. */
  let seen = 0
  /** What the shop said and no stamp has taken up. */
  let told: Pick<Who, 'user_id' | 'traits'> | undefined

  const save = () => {
    if (who.session) write(key, { who, seen })
  }
  const load = () => {
    const stored = read(key) as { who?: Who; seen?: number } // written above only
    who = stored.who ?? nobody
    seen = Math.max(seen, stored.seen ?? 0)
  }
  return {
    stamp(now) {
      if (told && who.user_id && who.user_id !== told.user_id) who = nobody
      const { anonymous_id, session } = who
      // Either way: a clock that was put right by years must not make one visit of all that follows.
      const isNew = !session || Math.abs(now - seen) > sessionIdleMs
      seen = now
      if (isNew) who = { ...who, anonymous_id: anonymous_id ?? uuid(), session: { id: uuid(), index: (session?.index ?? 0) + 1 } }
      if (isNew || told) {
        who = { ...who, ...told }
        told = undefined
        save()
      }
      return who
    },
    identify(userId, traits) {
      // A copy: the page may change its object afterwards. What is nothing has no `valueOf`, and is no user.
      told = JSON.parse(JSON.stringify({ user_id: `${userId.valueOf()}`, traits }))
    },
    rotate(isHeard) {
      told = undefined
      isHeard || write(key)
      load()
    },
    load,
    save,
  }
}
