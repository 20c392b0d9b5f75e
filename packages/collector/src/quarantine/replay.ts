import type { QuarantineFilter, ReplayFate } from '../sinks/quarantine.ts'
import type { PageOf, Store } from '../sinks/sink.ts'
import { judgeAgain, type Rejudged, type Today } from './judge-again.ts'
import { idConflict } from './keep.ts'
import type { Patch } from './patch.ts'

/** What is to be replayed, and how. */
export interface ReplayOrder {
  readonly filter: QuarantineFilter
  readonly patch: Patch | null
  readonly isDryRun: boolean
}

/** What became of a page of rows. `lookedAt` is the sum of the next four. */
export interface ReplayOutcome {
  readonly lookedAt: number
  /** Stored; of a dry run, that they would be. */
  readonly accepted: number
  /** Found to be stored already. */
  readonly duplicate: number
  /** Still kept aside. */
  readonly quarantined: number
  /** Refused for good, such as for a consent that was taken back: nothing is left of them. */
  readonly rejected: number
  /** Position to go on from; `null` when there is nothing left. */
  readonly next: number | null
  /** Why what was neither accepted nor a duplicate was not. */
  readonly problems: readonly { readonly key: string; readonly code: string; readonly detail: string }[]
}

/** Judges a page of the quarantine again and stores what comes of it, in one transaction. */
export async function replay(
  store: Pick<Store, 'quarantined' | 'replay'>,
  { filter, patch, isDryRun }: ReplayOrder,
  page: PageOf,
  today: Today,
  now: number,
): Promise<ReplayOutcome> {
  const { rows, next } = await store.quarantined(filter, page)
  const rejudged = rows.map((row) => ({ key: row.key, ...judgeAgain(row, patch, today) }))
  const replayed = rejudged.flatMap((row) => row.replayed ?? [])
  const fates = replayed.length === 0 ? [] : await store.replay({ project: filter.project, at: now, isDryRun, rows: replayed })
  const fateOf = new Map(replayed.map(({ key }, index) => [key, fates[index]]))
  return { ...summed(rejudged, fateOf), next }
}

function summed(rejudged: readonly (Rejudged & { readonly key: string })[], fateOf: ReadonlyMap<string, ReplayFate | undefined>) {
  const counts = { accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
  const problems: ReplayOutcome['problems'][number][] = []
  for (const { key, replayed, fault } of rejudged) {
    const fate: ReplayFate | undefined = replayed === null ? { kind: 'quarantined', because: null } : fateOf.get(key)
    if (fate === undefined) throw new Error('a fate is missing: the store must answer for every row of a replay')
    // Somebody else was faster, and has heard of it.
    if (fate.kind === 'gone') continue
    counts[fate.kind === 'stored' ? 'accepted' : fate.kind] += 1
    if (fate.kind === 'stored' || fate.kind === 'duplicate') continue
    const { code, detail } = fate.because ?? fault ?? idConflict
    problems.push({ key, code, detail })
  }
  const { accepted, duplicate, quarantined, rejected } = counts
  return { lookedAt: accepted + duplicate + quarantined + rejected, ...counts, problems }
}
