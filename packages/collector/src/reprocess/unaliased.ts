import { allows, type ConsentSnapshot } from '@footfall/events'
import { purposeOf } from '../consent/purposes.ts'
import type { EventNameReading } from '../normalise/event-name.ts'
import type { Notes } from '../normalise/notes.ts'
import type { BeforeAlias } from '../sinks/revision.ts'

/**
 * What would be stored of an event without the alias of the shop that names it: kept beside the event, it makes the alias reversible for
 * what comes while it is in place. `null` where no such alias names it, and where without the alias less of it, or nothing, might be kept.
 *
 * @param notes what was noted until its name began to matter
 */
export function unaliased(
  properties: object,
  resolved: EventNameReading,
  consent: ConsentSnapshot | null,
  { repairs, flags }: Notes,
): BeforeAlias | null {
  if (resolved.rule !== 'EN-ALIAS-REGISTRY') return null
  if (!allows(consent ?? undefined, purposeOf('unknown'))) return null
  // The one repair of a page that depends on the event's name.
  const others = repairs.filter(({ field }) => field !== 'page.type')
  return { properties, repairs: others, flags: [...flags, 'unrecognized'] }
}
