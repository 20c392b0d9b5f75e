import type { Problem, Receipt, Verdict } from '@footfall/events'
import type { Fault } from '../normalise/notes.ts'
import { idConflict } from '../quarantine/keep.ts'
import type { Fate } from '../sinks/sink.ts'
import type { Judged } from './judge.ts'

/** What finally became of one event. */
export interface Verdicted {
  readonly judged: Judged
  readonly status: Verdict
  readonly code: string | null
  readonly detail: string | null
  readonly duplicateOf: string | null
}

/** Turns what the sink did into verdicts, in the order of the batch. Conflicts must have been settled before. */
export const decide = (judged: readonly Judged[], fates: readonly Fate[]): readonly Verdicted[] =>
  judged.map((event, index) => verdictOf(event, fates[index]))

function verdictOf(judged: Judged, fate: Fate | undefined): Verdicted {
  const reason = judged.fault
  const common = { judged, duplicateOf: null }
  switch (fate?.kind) {
    case 'stored':
      return { ...common, status: 'accepted', code: null, detail: null, duplicateOf: fate.duplicateOf }
    case 'duplicate':
      return { ...common, status: 'duplicate', code: 'duplicate', detail: 'The same event has been received before' }
    case 'quarantined':
      return { ...common, status: 'quarantined', code: (reason ?? idConflict).code, detail: (reason ?? idConflict).detail }
    case 'rejected':
      return { ...common, status: 'rejected', ...codeAndDetail(fate.because ?? reason) }
    case 'conflict':
    case 'recorded':
    case undefined:
      throw new Error('a fate is missing: the sink must answer for every record of a delivery')
  }
}

const codeAndDetail = (fault: Fault | null) => ({ code: fault?.code ?? null, detail: fault?.detail ?? null })

/** The answer to a batch. Every event is counted once; only what is not plainly accepted is listed. */
export function receiptOf(verdicts: readonly Verdicted[], receivedAt: number): Receipt {
  const counts = { accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
  const problems: Problem[] = []
  for (const [index, { judged, status, code, detail }] of verdicts.entries()) {
    counts[status] += 1
    if (status === 'accepted') continue
    problems.push({ ...(judged.id === null ? {} : { id: judged.id }), index, status, code: code ?? status, detail: detail ?? '' })
  }
  return { received_at: new Date(receivedAt).toISOString(), ...counts, problems, retry: [], retry_after_ms: null }
}
