import type { CompletenessAnswer } from '@footfall/collector/reports'
import type { Outcome } from './client.ts'
import { formatCount, formatPlural } from './format.ts'
import { createTablePanel, type TableRow } from './table-panel.ts'

/** How much of what browsers numbered has arrived, in a sentence and by browser. */
export function createCompleteness() {
  const panel = createTablePanel('completeness', 'Completeness', ['Browser', 'Arrived', 'Late', 'Lost'])
  return {
    root: panel.root,
    show(outcome: Outcome<CompletenessAnswer>) {
      if (outcome.kind !== 'ok') return panel.show(outcome.sentence, [])
      const rows = byBrowser(outcome.value.rows).map(([browser, counts]): TableRow => [browser, ...counts.map(formatCount)])
      panel.show(sentenceOf(outcome.value), rows)
    },
  }
}

/** The days put together; browsers of which most has arrived first. */
export function byBrowser(rows: CompletenessAnswer['rows']): readonly (readonly [browser: string, counts: readonly number[]])[] {
  const browsers = new Map<string, readonly number[]>()
  for (const { browser, expected, received, late, lost } of rows) {
    if (expected === 0) continue
    const name = browser ?? 'Unknown'
    const before = browsers.get(name) ?? []
    browsers.set(
      name,
      [received, late, lost].map((events, index) => events + (before[index] ?? 0)),
    )
  }
  return [...browsers].sort(([, [one = 0]], [, [other = 0]]) => other - one)
}

/** `Of 12,345 numbered events 12,340 arrived; 3 may still come; browsers gave up 2 (2 queue full).` */
export function sentenceOf({ totals, excluded: { jumps } }: Pick<CompletenessAnswer, 'totals' | 'excluded'>): string {
  const { expected, received, late, lost_by_reason: lost } = totals
  const { unknown = 0, ...reasons } = lost
  const told = Object.entries(reasons).map(([reason, events]) => `${formatCount(events)} ${reason.replaceAll('_', ' ')}`)
  const givenUp = totals.lost - unknown
  const parts = [
    `Of ${formatPlural(expected, 'numbered event')} ${formatCount(received)} arrived`,
    late > 0 && `${formatCount(late)} may still come`,
    givenUp > 0 && `browsers gave up ${formatCount(givenUp)} (${told.join(', ')})`,
    unknown > 0 && `${formatCount(unknown)} went missing without a report`,
  ]
  const doubt = jumps > 0 ? ` Not believed: ${formatPlural(jumps, 'jump')} in the numbers.` : ''
  return `${parts.filter(Boolean).join('; ')}.${doubt}`
}
