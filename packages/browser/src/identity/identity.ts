import type { Traits } from '@footfall/events'
import type { Storage } from '../platform/storage.ts'

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
  /** Kept in memory until the next stamp. */
  identify(userId: string, traits?: Traits): void
  /** Forgets the visitor, on the device too. The next stamp begins a new one that nothing links to the old. */
  rotate(): void
  /** Writes down how far the session has come: localStorage costs too much to do so at every event. */
  save(): void
}

/** A visit ends after 30 idle minutes: what GA4 and Segment count by, so that numbers can be compared. */
const sessionIdleMs = 30 * 60 * 1000
const key = 'visitor'

/** What stands on the device. */
interface Visitor {
  who: Who
  /** Last activity. */
  at: number
}

/** An identity on the device is what consent is about: nothing is stamped, and so nothing made or kept, before a grant. */
export function createIdentity(storage: Storage, uuid: () => string): Identity {
  let visitor: Visitor | undefined
  /** What the shop said and no stamp has taken up. */
  let told: Partial<Who> | undefined

  const load = () => {
    visitor = storage.read(key) as Visitor | undefined // written by `save` only
  }
  const save = () => storage.write(key, visitor)
  storage.onChange(key, load)
  return {
    stamp(now) {
      const isIdle = () => !visitor || now - visitor.at > sessionIdleMs
      if (isIdle()) load() // another tab may have kept the session alive
      const { who = nobody } = visitor ?? {}
      if (isIdle() || told) {
        const session = isIdle() ? { id: uuid(), index: (who.session?.index ?? 0) + 1 } : who.session
        visitor = { who: { ...who, anonymous_id: who.anonymous_id ?? uuid(), ...told, session }, at: now }
        told = undefined
        save()
      }
      return Object.assign(visitor as Visitor, { at: now }).who // made above at the latest
    },
    identify(userId, traits) {
      told = { user_id: userId, ...(traits && { traits }) }
    },
    rotate() {
      visitor = told = undefined
      save()
    },
    save,
  }
}
