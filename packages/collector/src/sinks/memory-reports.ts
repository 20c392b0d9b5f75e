import { isContradiction, isSettledOnce } from '../normalise/natural-key.ts'
import type { EventRecord } from './sink.ts'
import { maxCopies, qualityOf, type StoredEvent, sourceName, sourcesOf, wireMoney } from './stored-event.ts'

/** A stored event in memory. */
export interface KeptEvent {
  readonly project: string
  readonly receivedAt: number
  readonly record: EventRecord
  /** What it counts with: its own, or those of a server's report. */
  amounts: Pick<EventRecord, 'money' | 'valuePath'>
  stored: StoredEvent
}

/** The reports of what happened once, of a store in memory. */
export interface MemoryReports {
  /** Puts an event among the reports of the same happening, and marks them all. */
  add(kept: KeptEvent): void
  happenings(): number
  clear(): void
}

export function createMemoryReports(): MemoryReports {
  const known = new Map<string, readonly KeptEvent[]>()
  return {
    add(kept) {
      const { project, record } = kept
      if (record.naturalKey === null) return
      // What bots report, they report apart: a person's order counts, whatever came before.
      const key = `${project} ${record.bot} ${record.name} ${record.naturalKey}`
      // Stable: those that were received at one instant stay in the order in which they were stored.
      const reports = [...(known.get(key) ?? []), kept].sort((one, other) => one.receivedAt - other.receivedAt)
      known.set(key, reports)
      settle(reports)
    },
    happenings: () => known.size,
    clear: () => known.clear(),
  }
}

/**
 * Of all reports of one happening the first counts, with the amounts of the first server's: see `ServerAmounts`.
 *
 * @param reports in the order of receipt
 */
function settle(reports: readonly KeptEvent[]): void {
  const [first, ...others] = reports
  if (first === undefined) return
  const { id, name, isServer } = first.record
  const servers = others.filter(({ record }) => record.isServer)
  const mayGive = !isServer && isSettledOnce(name)
  const giver = mayGive ? servers.find(({ record }) => amountText(record) !== null) : undefined
  for (const [index, report] of others.entries()) {
    const isAfterGiver = giver !== undefined && index > others.indexOf(giver)
    const judge = report.record.isServer === isServer ? first : report.record.isServer && isAfterGiver ? giver : undefined
    const isConflict = judge !== undefined && isContradiction(name, amountText(report.record), amountText(judge.record))
    report.amounts = report.record
    report.stored = withMarks(report, { duplicateOf: id, isConflict })
  }
  first.amounts = (giver ?? first).record
  first.stored = {
    ...withMarks(first, { duplicateOf: null, isConflict: false }),
    sources: sourcesOf([first, ...newestServersFirst(others).slice(0, maxCopies)].map(({ record }) => sourceName(record))),
    amounts_of: giver?.record.id ?? null,
    visit_of: isServer ? (others.find(({ record }) => !record.isServer)?.record.id ?? null) : null,
  }
}

const newestServersFirst = (reports: readonly KeptEvent[]): readonly KeptEvent[] =>
  reports.toReversed().sort((one, other) => Number(other.record.isServer) - Number(one.record.isServer))

function withMarks(
  { record, amounts, stored }: KeptEvent,
  { duplicateOf, isConflict }: { readonly duplicateOf: string | null; readonly isConflict: boolean },
): StoredEvent {
  const { repairs } = stored.quality
  const money = JSON.parse(JSON.stringify(wireMoney(amounts.money))) as StoredEvent['money']
  const flags = isConflict ? [...record.flags, 'order_conflict'] : record.flags
  const sources = sourcesOf([sourceName(record)])
  return {
    ...stored,
    money,
    duplicate_of: duplicateOf,
    sources,
    amounts_of: null,
    visit_of: null,
    quality: qualityOf(repairs, flags),
  }
}

const amountText = ({ money, valuePath }: EventRecord): string | null => {
  const amount = valuePath === null ? undefined : money[valuePath]
  return amount === undefined ? null : `${amount.minor} ${amount.currency}`
}
