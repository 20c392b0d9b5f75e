import type { ConsentAnswer } from '@footfall/collector/reports'
import type { Outcome } from './client.ts'
import { formatCount } from './format.ts'
import { createTablePanel, type TableRow } from './table-panel.ts'

/** How visitors answered the question for consent, by purpose. */
export function createConsent() {
  const columns = ['Purpose', 'Asked', 'Granted', 'Refused', 'No answer', 'Taken back']
  const panel = createTablePanel('consent', 'Consent', columns)
  return {
    root: panel.root,
    show(outcome: Outcome<ConsentAnswer>) {
      if (outcome.kind !== 'ok') return panel.show(outcome.sentence, [])
      const { totals } = outcome.value
      panel.show(
        totals.length === 0 ? 'No decision was reported in these days.' : caveat,
        totals.map(({ purpose, asked, granted, refused, no_answer, withdrawn }): TableRow => {
          const counts = [asked, granted, refused, no_answer, withdrawn]
          return [nameOf(purpose), ...counts.map((count) => (count === null ? 'not counted' : formatCount(count)))]
        }),
      )
    },
  }
}

const caveat =
  'Of a visitor who refuses everything the tracker sends nothing: refusals and questions are those that a banner or a server reports.'

const nameOf = (purpose: string): string => `${purpose.charAt(0).toUpperCase()}${purpose.slice(1).replaceAll('_', ' ')}`
