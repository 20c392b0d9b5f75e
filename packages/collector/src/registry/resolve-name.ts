import { catalogue, limits } from '@footfall/events'
import { type EventNameReading, resolveEventName } from '../normalise/event-name.ts'
import type { Registry } from './registry.ts'

/** As `resolveEventName`; of what is unknown there, the project's own aliases are asked (EN-ALIAS-REGISTRY). */
export function resolveName(name: string, { aliases }: Pick<Registry, 'aliases'>): EventNameReading {
  const reading = resolveEventName(name)
  if (reading.isKnown || aliases.size === 0) return reading
  const canonical = aliases.get(name)
  // The catalogue may have changed since the alias was made.
  if (canonical === undefined || !isAliasTarget(canonical) || !isFreeName(name)) return reading
  return { status: 'ok', name: canonical, isKnown: true, rule: 'EN-ALIAS-REGISTRY' }
}

/** Is it a name that nothing is known about, so that it may be given a meaning? Names of other vocabularies keep theirs. */
export const isFreeName = (name: string): boolean =>
  name !== '' && name.length <= limits.maxNameLength && resolveEventName(name).rule === 'EN-UNKNOWN'

/**
 * What the collector makes itself nobody can send. What needs no consent, a decision or an unsubscription, is none because of a name that
 * was given to it afterwards.
 */
export function isAliasTarget(name: string): boolean {
  const definition = catalogue.get(name)
  return definition !== undefined && !definition.derived && definition.purpose !== 'necessary'
}
