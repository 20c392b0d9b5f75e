import type { CompletenessAnswer } from '@footfall/collector/reports'
import type { Outcome } from './client.ts'
import { element } from './dom.ts'
import { formatCount, formatPlural } from './format.ts'

/** How much of what browsers numbered has arrived, in a sentence and by browser. */
export function createCompleteness() {
  const said = element('p', { class: 'span' })
  const rows = element('tbody')
  const heads = ['Browser', 'Arrived', 'Late', 'Lost'].map((word) => element('th', { scope: 'col' }, word))
  const table = element('table', { class: 'days' }, element('thead', {}, element('tr', {}, ...heads)), rows)
  return {
    root: element(
      'section',
      { class: 'panel', 'aria-labelledby': 'completeness-heading' },
      element('h2', { id: 'completeness-heading' }, 'Completeness'),
      said,
      table,
    ),
    show(outcome: Outcome<CompletenessAnswer>) {
      const browsers = outcome.kind === 'ok' ? byBrowser(outcome.value.rows) : []
      said.textContent = outcome.kind === 'ok' ? sentenceOf(outcome.value) : outcome.sentence
      table.hidden = browsers.length === 0
      rows.replaceChildren(
        ...browsers.map(([browser, counts]) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, browser),
            ...counts.map((events) => element('td', { class: 'number' }, formatCount(events))),
          ),
        ),
      )
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
