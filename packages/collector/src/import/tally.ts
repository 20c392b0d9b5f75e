import type { Outcome } from './delivery.ts'

/** What became of a file's events, in all. */
export interface Tally {
  readonly accepted: number
  readonly duplicate: number
  readonly quarantined: number
  readonly rejected: number
  /** Never sent. */
  readonly unreadable: number
  /** Why events were not taken, the most frequent reason first. */
  readonly problems: readonly ProblemCount[]
}

export interface ProblemCount {
  readonly status: Exclude<Outcome['status'], 'accepted' | 'duplicate'>
  readonly code: string
  readonly events: number
  /** The first of them: its line in the file, and what is wrong there. */
  readonly line: number
  readonly detail: string
}

/** Reasons name fields, so that there are few; what comes after so many is counted by its code. */
const maxProblems = 200

export function createTally() {
  const counts = { accepted: 0, duplicate: 0, quarantined: 0, rejected: 0, unreadable: 0 }
  const problems = new Map<string, ProblemCount>()
  return {
    add({ status, code, detail, entry }: Outcome): void {
      counts[status] += 1
      if (status === 'accepted' || status === 'duplicate') return
      const reason = { status, code: code ?? status, detail: detail ?? '' }
      const key = JSON.stringify(problems.size < maxProblems ? reason : { ...reason, detail: '' })
      const known = problems.get(key)
      problems.set(key, known === undefined ? { ...reason, events: 1, line: entry.line } : { ...known, events: known.events + 1 })
    },
    result: (): Tally => ({ ...counts, problems: [...problems.values()].sort((one, other) => other.events - one.events) }),
  }
}

/** Did every event of the file find its place? */
export const isComplete = ({ quarantined, rejected, unreadable }: Tally): boolean => quarantined + rejected + unreadable === 0
