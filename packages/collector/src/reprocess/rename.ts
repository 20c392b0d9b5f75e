import { allows, type ConsentSnapshot } from '@footfall/events'
import { purposeOf } from '../consent/purposes.ts'
import { type NormaliseContext, normaliseEvent } from '../normalise/event.ts'
import type { EventNameReading } from '../normalise/event-name.ts'
import { readInstant } from '../normalise/instant.ts'
import { likenessOf } from '../normalise/likeness.ts'
import { createNotes, type Fault, type Flag, fault } from '../normalise/notes.ts'
import type { Repair } from '../normalise/outcome.ts'
import type { DeviceType } from '../normalise/user-agent.ts'
import { believedSource } from '../registry/believed-source.ts'
import type { Registry } from '../registry/registry.ts'
import { isAliasTarget } from '../registry/resolve-name.ts'
import { datesOf, moneyOf } from '../registry/source.ts'
import type { BeforeAlias, Meaning, Revision, SentEvent } from '../sinks/revision.ts'
import type { StoredEvent } from '../sinks/stored-event.ts'
import { recounted } from './recounted.ts'

/** What becomes of a stored event. */
export type Renamed =
  | { readonly kind: 'changed'; readonly revision: Revision }
  /** Under its new name something is required that it does not have, or that cannot be read. */
  | { readonly kind: 'unreadable'; readonly fault: Fault }
  /** What it would become needs a consent that was not given with it, or is not made of old events. */
  | { readonly kind: 'not_allowed' }

/** What decides about a stored event beside itself: all as it is today. */
export interface RenameContext extends Pick<NormaliseContext, 'baseCurrency' | 'rates' | 'dayOf'> {
  readonly registry: Registry
}

/**
 * Reads a stored event under the name that is meant by its own today: as if it came in now, but for its time, which stands. Never more of
 * it is kept than its own consent covers.
 */
export function rename(sent: SentEvent, resolved: EventNameReading, context: RenameContext): Renamed {
  const { event, beforeAlias } = sent
  if (!isAliasTarget(resolved.name) || !isCovered(event.consent, resolved.name)) return { kind: 'not_allowed' }
  const before = beforeAlias ?? asStored(event)
  const read = readAs(resolved, event, before, context)
  return 'kind' in read ? { kind: 'unreadable', fault: read } : changed(sent, read, before, context)
}

/** Makes of an event that an alias renamed what it would be without. */
export function restore(sent: SentEvent, context: Pick<RenameContext, 'registry' | 'dayOf'>): Renamed {
  const { event, beforeAlias } = sent
  const { original_name: name, consent } = event
  if (!isCovered(consent, name)) return { kind: 'not_allowed' }
  const nothing = { money: {}, valuePath: null, naturalKey: null, likeness: null }
  return changed(sent, { ...(beforeAlias ?? asStored(event)), ...nothing, name }, null, context)
}

function changed(
  { position, event }: SentEvent,
  meaning: Meaning,
  beforeAlias: BeforeAlias | null,
  { registry, dayOf }: Pick<RenameContext, 'registry' | 'dayOf'>,
): Renamed {
  const { money, quality } = event
  const recount = recounted(
    { day: dayOf(instantOf(event.received_at)), source: sourceOf(event, registry).counted },
    { ...said(money, quality.repairs as readonly Repair[]), flags: quality.flags },
    { ...said(meaning.money, meaning.repairs), flags: meaning.flags },
  )
  return { kind: 'changed', revision: { position, id: event.id, nameBefore: event.name, meaning, beforeAlias, recount } }
}

const said = (money: object, repairs: readonly Repair[]) => ({
  repairRules: repairs.map(({ rule }) => rule),
  hasAmount: Object.keys(money).length > 0,
})

// Written by ourselves, so that it can be read.
const instantOf = (text: string): number => readInstant(text) ?? 0

// Only a server has no address.
const sourceOf = ({ source, ip }: StoredEvent, registry: Registry) => believedSource(source, registry, ip === null)

// As our own code has stored them.
const asStored = ({ properties, quality }: StoredEvent): BeforeAlias => ({
  properties: properties as object,
  repairs: quality.repairs as readonly Repair[],
  flags: quality.flags as readonly Flag[],
})

const isCovered = (consent: unknown, name: string): boolean =>
  allows((consent as ConsentSnapshot | null) ?? undefined, purposeOf(name)) // stored as one

function readAs(resolved: EventNameReading, event: StoredEvent, before: BeforeAlias, context: RenameContext): Meaning | Fault {
  if (resolved.name === 'page_viewed' && event.page === null) return fault('missing_required', 'page.url is missing')
  const { registered: source } = sourceOf(event, context.registry)
  const occurredAt = instantOf(event.occurred_at)
  const notes = createNotes()
  notes.repairs.push(...before.repairs)
  for (const flag of before.flags) if (flag !== 'unrecognized') notes.flags.add(flag)
  const normal = normaliseEvent(
    {
      name: event.original_name,
      occurred_at: event.occurred_at_device ?? undefined,
      user_id: event.user_id,
      anonymous_id: event.anonymous_id,
      session: event.session === null ? null : { id: event.session.id },
      properties: before.properties as Readonly<Record<string, unknown>>,
    },
    resolved,
    {
      ...context,
      time: { occurredAt },
      device: { device: event.device.type as DeviceType },
      dates: datesOf(source),
      money: moneyOf(source, context.baseCurrency),
    },
    notes,
  )
  if ('kind' in normal) return normal
  const { name, properties, money, valuePath, naturalKey } = normal
  const { anonymous_id: anonymousId, user_id: userId, session, page, bot } = event
  const likeness = likenessOf({ ...normal, anonymousId, userId, session, page: page as object | null, bot })
  return { name, properties, money, valuePath, naturalKey, likeness, repairs: notes.repairs, flags: [...notes.flags] }
}
