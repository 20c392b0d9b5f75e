import type { TrafficAnswer } from '@footfall/collector/reports'

import { element } from './dom.ts'
import { formatCount, formatPlural } from './format.ts'
import { icon } from './icons.ts'
import { formatMoney } from './money.ts'
import { verdictFaces } from './verdicts.ts'

/** A part of the page that shows an answer. */
export interface TrafficView {
  readonly root: HTMLElement
  show(traffic: TrafficAnswer): void
}

/** The figures of the period, and what they leave out. */
export function createTotals(): TrafficView {
  const figures = element('dl', { class: 'figures' })
  const excluded = element('p', { class: 'footnote' })
  return {
    root: element(
      'section',
      { class: 'panel totals', 'aria-labelledby': 'totals-heading' },
      element('h2', { id: 'totals-heading', class: 'visually-hidden' }, 'Totals'),
      figures,
      excluded,
    ),
    show(traffic) {
      figures.replaceChildren(...totalsOf(traffic).map(({ label, value }) => figure(label, value)))
      excluded.textContent = exclusionsOf(traffic.excluded)
    },
  }
}

const totalsOf = ({ totals }: TrafficAnswer): readonly { readonly label: string; readonly value: string }[] => [
  { label: 'Events', value: formatCount(totals.events) },
  { label: 'Visitors', value: formatCount(totals.visitors) },
  { label: 'Sessions', value: formatCount(totals.sessions) },
  { label: 'Orders', value: formatCount(totals.orders) },
  { label: `Revenue in ${totals.revenue.currency}`, value: formatMoney(totals.revenue) },
]

const figure = (label: string, value: string): HTMLElement =>
  element('div', { class: 'figure' }, element('dt', {}, label), element('dd', {}, value))

/** What the totals leave out, and how much, so that nobody has to wonder why another tool counts more. */
export function exclusionsOf({ bots, duplicates, orders_without_rate: unpriced }: TrafficAnswer['excluded']): string {
  const left = [
    bots > 0 ? `${formatPlural(bots, 'event')} from bots` : undefined,
    duplicates > 0
      ? `${formatPlural(duplicates, 'repeat')} of what was already counted, such as a reloaded thank-you page or a double click`
      : undefined,
  ].filter((part) => part !== undefined)
  const sentences = [
    left.length > 0 ? `Not counted here: ${left.join('; ')}.` : 'Nothing is left out: no bots and no repeats in this period.',
    unpriced > 0 ? `Revenue lacks ${formatPlural(unpriced, 'order')} in currencies without an exchange rate.` : undefined,
  ]
  return sentences.filter((sentence) => sentence !== undefined).join(' ')
}

/** Every event that reached the collector, by what became of it: received = accepted + duplicate + quarantined + rejected. */
export function createAccounting(): TrafficView {
  const body = element('tbody')
  const sum = element('p', { class: 'sum' })
  return {
    root: element(
      'section',
      { class: 'panel accounting', 'aria-labelledby': 'accounting-heading' },
      element('h2', { id: 'accounting-heading' }, 'What became of every event'),
      element(
        'table',
        { class: 'account' },
        element(
          'thead',
          { class: 'visually-hidden' },
          element('tr', {}, element('th', { scope: 'col' }, 'Verdict'), element('th', { scope: 'col' }, 'Events')),
        ),
        body,
      ),
      sum,
    ),
    show({ verdicts }) {
      body.replaceChildren(
        ...verdictFaces.map(({ verdict, word, icon: name, meaning }) =>
          row(
            verdict,
            element('span', { class: 'verdict', 'data-verdict': verdict }, icon(name), word),
            meaning,
            verdicts[verdict],
          ),
        ),
        row('received', 'Received', 'everything that arrived', verdicts.received),
      )
      const { isBalanced, sentence } = balance(verdicts)
      sum.replaceChildren(icon(isBalanced ? 'tick' : 'warning'), sentence)
      sum.classList.toggle('is-wrong', !isBalanced)
    },
  }
}

const row = (className: string, label: Node | string, meaning: string, count: number): HTMLElement =>
  element(
    'tr',
    { class: className },
    element('th', { scope: 'row' }, label, element('span', { class: 'meaning' }, meaning)),
    element('td', { class: 'number' }, formatCount(count)),
  )

/** Does the accounting line add up, and what to say about it? */
export function balance(verdicts: TrafficAnswer['verdicts']): { readonly isBalanced: boolean; readonly sentence: string } {
  const settled = verdictFaces.reduce((sum, { verdict }) => sum + verdicts[verdict], 0)
  const missing = verdicts.received - settled
  if (missing === 0) return { isBalanced: true, sentence: 'It adds up: every event received has its verdict.' }
  const sentence =
    missing > 0
      ? `${formatPlural(missing, 'received event')} without a verdict. This must not happen: please report it.`
      : `${formatPlural(-missing, 'verdict')} more than events received. This must not happen: please report it.`
  return { isBalanced: false, sentence }
}
