import { limits } from '@footfall/events'
import type { Claim } from '../consent/decision.ts'
import { type Fields, withoutLost } from '../consent/only-allowed.ts'
import type { Found } from '../consent/standing.ts'
import { resolveEventName } from '../normalise/event-name.ts'
import type { Flag } from '../normalise/notes.ts'
import type { BeforeAlias } from './revision.ts'
import type { EventRecord, QuarantineRecord } from './sink.ts'

/** What of a stored event consent decides about. */
export type Personal = Pick<
  EventRecord,
  | 'anonymousId'
  | 'userId'
  | 'session'
  | 'traits'
  | 'page'
  | 'consent'
  | 'properties'
  | 'source'
  | 'seq'
  | 'repairs'
  | 'flags'
  | 'beforeAlias'
>

/** What may be stored of an event once the ledger was asked, which may know better than its snapshot. */
export function narrowEvent(personal: Personal, name: string, claim: Claim | null, found: Found): Personal {
  if (claim === null || found.lost === 0) return personal
  const { anonymousId: anonymous_id, userId: user_id, repairs: noted, flags, seq, beforeAlias, ...same } = personal
  const notes = { repairs: [...noted], flags: new Set<Flag>(flags) }
  const { event, repairs } = withoutLost({ ...same, anonymous_id, user_id }, claim, { ...found, name }, notes)
  // What is left of them has the shape that it had.
  const left = event as Partial<Personal> & { readonly anonymous_id?: string | null; readonly user_id?: string | null }
  const anonymousId = left.anonymous_id ?? null
  return {
    anonymousId,
    userId: left.user_id ?? null,
    session: left.session ?? null,
    traits: left.traits ?? null,
    page: left.page ?? null,
    consent: left.consent ?? null,
    properties: left.properties ?? {},
    source: left.source ?? null,
    seq: anonymousId === null ? null : seq,
    repairs,
    flags: [...notes.flags],
    ...(beforeAlias && { beforeAlias: narrowBefore(personal, beforeAlias, claim, found) }),
  }
}

/** What it would be without its alias is an event that the catalogue does not know. */
function narrowBefore(personal: Personal, before: BeforeAlias, claim: Claim, found: Found): BeforeAlias {
  const { properties, repairs, flags } = narrowEvent({ ...personal, ...before, beforeAlias: undefined }, 'unknown', claim, found)
  return { properties, repairs, flags }
}

/** The same of an event that is kept aside. */
export function narrowQuarantined<R extends Pick<QuarantineRecord, 'raw' | 'name' | 'source' | 'bearer' | 'arrival'>>(
  record: R,
  found: Found,
): R {
  const { claim } = record.bearer
  if (claim === null || found.lost === 0) return record
  const { name } = resolveEventName((record.name ?? '').slice(0, limits.maxNameLength))
  const sent = JSON.parse(record.raw) as Fields // only objects are kept aside
  const { event } = withoutLost(sent, claim, { ...found, name }, { repairs: [], flags: new Set() })
  // What a page calls itself could be anything: where it may not stand in the event, it may not stand beside it.
  const source = event.source === undefined ? null : record.source
  return { ...record, source, raw: JSON.stringify(event), arrival: found.allowed === 0 ? null : record.arrival }
}
