import { limits } from '@footfall/events'
import type { Registry } from './registry.ts'
import { isForServers, type Source } from './source.ts'

/** What an event says about its source, as far as its sender may say so. */
export interface BelievedSource {
  /** Its registry entry; `null` where it has none. That is no fault. */
  readonly registered: Source | null
  /** Did a page name a source that only a server with the secret key may be? Its entry does not count then, nor does its name. */
  readonly isAllowed: boolean
  /**
   * The row of counts it belongs to: '' for all that a page names and that is not registered, since anybody can make up names, and for what
   * servers name beyond those that there is room for.
   */
  readonly counted: string
}

const none: BelievedSource = { registered: null, isAllowed: true, counted: '' }
const notAllowed: BelievedSource = { ...none, isAllowed: false }

/** @param named as it stands on the event */
export function believedSource(named: unknown, { sources, unregistered }: Registry, isServer: boolean): BelievedSource {
  const id = sourceId(named)
  if (id === null) return none
  const registered = sources.get(id) ?? null
  if (isServer) {
    const isCounted = registered !== null || unregistered === undefined || unregistered.has(id)
    return { registered, isAllowed: true, counted: isCounted ? id : '' }
  }
  if (registered === null) return none
  return isForServers(registered) ? notAllowed : { registered, isAllowed: true, counted: id }
}

/** Gives sources that a server's events are the first to name counts of their own, as long as there is room. */
export function admitSources(named: Iterable<unknown>, { sources, unregistered }: Registry): void {
  for (const name of named) {
    const id = sourceId(name)
    if (id !== null && !sources.has(id)) unregistered?.admit(id)
  }
}

const sourceId = (named: unknown): string | null =>
  typeof named !== 'string' || named === '' || named.length > limits.maxIdLength ? null : named.toWellFormed()
