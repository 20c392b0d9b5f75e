import type { ChangeFate, Registry, RegistryChange } from '../registry/registry.ts'

/** What came from a source, by day of receipt. */
export interface HeardSource {
  /** '' for all that named none which is counted apart. */
  readonly source: string
  /** Ms since 1970 UTC. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** Days without anything are left out; in the order of days. */
  readonly days: readonly { readonly day: string; readonly received: number; readonly quarantined: number }[]
}

/** Which sources are asked about. */
export interface HeardQuestion {
  readonly project: string
  /** First day that is counted, `YYYY-MM-DD`. */
  readonly from: string
  /** Most sources: the registered ones first, then those that were heard of last. */
  readonly limit: number
}

/** What the store knows about sources and aliases. Part of `Store`. */
export interface Registering {
  registry(project: string): Promise<Registry>
  /**
   * Makes, replaces or takes away one entry.
   *
   * @throws FootfallError as `commit` does
   */
  register(project: string, change: RegistryChange): Promise<ChangeFate>
  heardSources(question: HeardQuestion): Promise<readonly HeardSource[]>
}
