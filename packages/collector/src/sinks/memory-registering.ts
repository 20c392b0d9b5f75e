import { changed, emptyRegistry, type Registry } from '../registry/registry.ts'
import type { HeardSource, Registering } from './registering.ts'

/** What the memory store counts by source. */
export interface CountedBySource {
  readonly times: () => Iterable<{
    readonly project: string
    readonly source: string
    readonly firstSeen: number
    readonly lastSeen: number
  }>
  readonly counts: readonly {
    readonly project: string
    readonly day: string
    readonly source: string
    readonly kind: string
    readonly key: string
    readonly events: number
  }[]
}

export function createMemoryRegistering({ times, counts }: CountedBySource): Registering {
  const registries = new Map<string, Registry>()
  const registryOf = (project: string): Registry => registries.get(project) ?? emptyRegistry

  const rank = (project: string, { source }: { readonly source: string }): number =>
    registryOf(project).sources.has(source) ? 1 : 0

  return {
    registry: async (project) => registryOf(project),
    async register(project, change) {
      const { fate, registry } = changed(registryOf(project), change)
      registries.set(project, registry)
      return fate
    },
    async heardSources({ project, from, limit }) {
      const verdicts = counts.filter((count) => count.project === project && count.day >= from && count.kind === 'verdict')
      return [...times()]
        .filter((heard) => heard.project === project)
        .sort(
          (one, other) =>
            rank(project, other) - rank(project, one) || other.lastSeen - one.lastSeen || (one.source < other.source ? -1 : 1),
        )
        .slice(0, limit)
        .map(({ source, firstSeen, lastSeen }): HeardSource => {
          const days = Map.groupBy(
            verdicts.filter((count) => count.source === source),
            ({ day }) => day,
          )
          return {
            source,
            firstSeen,
            lastSeen,
            days: [...days]
              .map(([day, rows]) => ({
                day,
                received: sum(rows),
                quarantined: sum(rows.filter(({ key }) => key === 'quarantined')),
              }))
              .sort((one, other) => (one.day < other.day ? -1 : 1)),
          }
        })
    },
  }
}

const sum = (rows: readonly { readonly events: number }[]): number => rows.reduce((total, { events }) => total + events, 0)
