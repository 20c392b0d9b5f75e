import type { Source } from './source.ts'
import type { Unregistered } from './unregistered.ts'

/** What an operator has said about where a project's events come from, and what its own names mean. */
export interface Registry {
  readonly sources: ReadonlyMap<string, Source>
  /** Event name as sent -> name of the catalogue. */
  readonly aliases: ReadonlyMap<string, string>
  /** Event name as sent -> when its alias was made, ms since 1970 UTC. */
  readonly aliasedAt: ReadonlyMap<string, number>
  /** Which sources are counted by themselves though they are not registered. Without it, all are. */
  readonly unregistered?: Unregistered
}

export const emptyRegistry: Registry = { sources: new Map(), aliases: new Map(), aliasedAt: new Map() }

/** A whole registry is kept in memory. */
export const maxSources = 1000
export const maxAliases = 10_000

export interface RegistryLimits {
  readonly sources: number
  readonly aliases: number
}

export const registryLimits: RegistryLimits = { sources: maxSources, aliases: maxAliases }

/** One entry that is made, replaced or taken away. */
export type RegistryChange =
  | { readonly kind: 'set source'; readonly source: Source }
  | { readonly kind: 'remove source'; readonly id: string }
  | { readonly kind: 'set alias'; readonly from: string; readonly to: string; readonly at: number }
  | { readonly kind: 'remove alias'; readonly from: string }

/** `full`: it would be one too many; `absent`: there was none to take away. Both have changed nothing. */
export type ChangeFate = 'done' | 'full' | 'absent'

/** What a registry becomes. Whatever keeps registries decides by this. */
export function changed(
  registry: Registry,
  change: RegistryChange,
  limits: RegistryLimits = registryLimits,
): { readonly fate: ChangeFate; readonly registry: Registry } {
  const { sources, aliases, aliasedAt } = registry
  switch (change.kind) {
    case 'set source': {
      const { source } = change
      if (isFull(sources, source.id, limits.sources)) return { fate: 'full', registry }
      return done({ sources: withEntry(sources, source.id, source) })
    }
    case 'remove source':
      return sources.has(change.id) ? done({ sources: withoutEntry(sources, change.id) }) : { fate: 'absent', registry }
    case 'set alias': {
      const { from, to, at } = change
      if (isFull(aliases, from, limits.aliases)) return { fate: 'full', registry }
      return done({ aliases: withEntry(aliases, from, to), aliasedAt: withEntry(aliasedAt, from, at) })
    }
    case 'remove alias': {
      const { from } = change
      if (!aliases.has(from)) return { fate: 'absent', registry }
      return done({ aliases: withoutEntry(aliases, from), aliasedAt: withoutEntry(aliasedAt, from) })
    }
  }

  function done(differs: Partial<Registry>): { readonly fate: ChangeFate; readonly registry: Registry } {
    return { fate: 'done', registry: { ...registry, ...differs } }
  }
}

const isFull = (entries: ReadonlyMap<string, unknown>, key: string, max: number): boolean =>
  entries.size >= max && !entries.has(key)

const withEntry = <T>(entries: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> =>
  new Map(entries).set(key, value)

function withoutEntry<T>(entries: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const left = new Map(entries)
  left.delete(key)
  return left
}
