import { limits } from '@footfall/events'
import type { Registry } from './registry.ts'
import { isForServers, type Source } from './source.ts'

/** What an event says about its source, as far as its sender may say so. */
export interface BelievedSource {
  /** Its registry entry; `null` where it has none. That is no fault. */
  readonly registered: Source | null
  /** Did a page name a source that only a server with the secret key may be? Its entry does not count then, nor does its name. */
  readonly isAllowed: boolean
  /** The row of counts it belongs to: '' for all that a page names and that is not registered, since anybody can make up names. */
  readonly counted: string
}

const none: BelievedSource = { registered: null, isAllowed: true, counted: '' }
const notAllowed: BelievedSource = { ...none, isAllowed: false }

/** @param named as it stands on the event */
export function believedSource(named: unknown, { sources }: Registry, isServer: boolean): BelievedSource {
  if (typeof named !== 'string' || named === '' || named.length > limits.maxIdLength) return none
  const id = named.toWellFormed()
  const registered = sources.get(id) ?? null
  if (isServer) return { registered, isAllowed: true, counted: id }
  if (registered === null) return none
  return isForServers(registered) ? notAllowed : { registered, isAllowed: true, counted: id }
}
