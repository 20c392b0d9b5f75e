import type { CompletenessFacts, Hole } from '../reports/completeness.ts'
import type { CompletenessQuestion, ReportedReason } from '../reports/questions.ts'
import type { Arrival } from './arrival.ts'
import type { Kept } from './memory-subjects.ts'
import type { Delivery } from './sink.ts'

interface KeptDrop {
  readonly project: string
  readonly day: string
  readonly anonymousId: string | null
  readonly browser: string | null
  readonly reason: ReportedReason
  events: number
}

/** The numbers of events that arrived, and what trackers gave up, of a store in memory. */
export interface MemoryNumbers {
  keep(project: string, arrival: Arrival): void
  /** @param visitors of whom a number is kept: whose the drops were is kept as far as that */
  keepDrops(delivery: Delivery, visitors: ReadonlySet<string>): void
  of(project: string): Pick<Kept, 'numbers' | 'drops'>
  /** Forgets whose they were. They count as before. */
  forget(project: string, devices: ReadonlySet<string>): void
  completeness(question: CompletenessQuestion): CompletenessFacts
}

export function createMemoryNumbers(): MemoryNumbers {
  /** By project and visitor, then by number. */
  const numbers = new Map<string, Map<number, Arrival>>()
  const drops = new Map<string, KeptDrop>()
  /** Numbers of visitors who were erased: they count, and name nobody. */
  const anonymousNumbers: { readonly project: string; readonly arrival: Omit<Arrival, 'anonymousId'> }[] = []
  const keyOf = (project: string, anonymousId: string): string => JSON.stringify([project, anonymousId])

  return {
    keep(project, arrival) {
      const visitor = keyOf(project, arrival.anonymousId)
      const known = numbers.get(visitor) ?? new Map<number, Arrival>()
      if (!known.has(arrival.seq)) known.set(arrival.seq, arrival)
      numbers.set(visitor, known)
    },
    keepDrops({ project, receivedDay, drops: reported }, visitors) {
      if (reported === null) return
      const { key, counts, browser } = reported
      const anonymousId = visitors.has(reported.anonymousId ?? '') ? reported.anonymousId : null
      for (const [reason, events] of Object.entries(counts) as [ReportedReason, number][]) {
        // `counts` has no other keys
        const id = `${project} ${key} ${reason}`
        const known = drops.get(id)
        if (known === undefined) drops.set(id, { project, day: receivedDay, anonymousId, browser, reason, events })
        else known.events = Math.max(known.events, events)
      }
    },
    of: (project) => ({ numbers: visitorsIn(project), drops: dropsOf(project) }),
    forget(project, devices) {
      for (const device of devices) {
        const visitor = keyOf(project, device)
        for (const { anonymousId: _, ...arrival } of numbers.get(visitor)?.values() ?? [])
          anonymousNumbers.push({ project, arrival })
        numbers.delete(visitor)
      }
      for (const [key, drop] of drops) {
        if (drop.project === project && devices.has(drop.anonymousId ?? '')) drops.set(key, { ...drop, anonymousId: null })
      }
    },
    completeness({ project, from, to }) {
      const isInPeriod = ({ day }: { readonly day: string }): boolean => day >= from && day <= to
      const visitors = visitorsIn(project)
      const own = dropsOf(project)
      return {
        received: visitors
          .flatMap(([, known]): readonly Omit<Arrival, 'anonymousId'>[] => [...known.values()])
          .concat(anonymousNumbers.flatMap((number) => (number.project === project ? [number.arrival] : [])))
          .filter(isInPeriod)
          .map(({ day, browser }) => ({ day, browser, events: 1 })),
        reported: own.filter(isInPeriod),
        holes: holesOf(visitors),
        reportedBy: (visitor) =>
          own
            .filter(({ anonymousId }) => anonymousId === visitor)
            .reduce(
              (sums, { reason, events }) => sums.set(reason, (sums.get(reason) ?? 0) + events),
              new Map<ReportedReason, number>(),
            ),
      }
    },
  }

  function visitorsIn(project: string): Kept['numbers'] {
    return [...numbers].flatMap(([key, known]) => {
      const [ofProject, anonymousId] = JSON.parse(key) as [string, string]
      return ofProject === project ? [[anonymousId, known] as const] : []
    })
  }

  function dropsOf(project: string): readonly KeptDrop[] {
    return [...drops.values()].filter((drop) => drop.project === project)
  }
}

/** The naive way: every number, visitor by visitor, and what lies between two of them. */
function holesOf(visitors: readonly (readonly [anonymousId: string, numbers: ReadonlyMap<number, Arrival>])[]): readonly Hole[] {
  return visitors.flatMap(([anonymousId, numbers]) => {
    let last = 0
    return [...numbers.values()]
      .sort((one, other) => one.seq - other.seq)
      .flatMap(({ seq, at, day, browser }) => {
        const size = seq - last - 1
        last = seq
        return size === 0 ? [] : [{ anonymousId, size, at, day, browser }]
      })
  })
}
