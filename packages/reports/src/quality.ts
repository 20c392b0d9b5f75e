import type { QualityAnswer } from '@footfall/collector/reports'
import { createChoice } from './choice.ts'
import type { Outcome } from './client.ts'
import { element } from './dom.ts'
import { formatCount, formatDay, formatPlural, formatShare } from './format.ts'
import { nameOfSource } from './sources.ts'
import { createTablePanel, type TableRow } from './table-panel.ts'
import { subjectOfRule, wordsOf } from './words.ts'

const verdicts = ['accepted', 'duplicate', 'quarantined', 'rejected'] as const

/** What became of what arrived, day by day, and everything that was noticed on the way. */
export function createQuality(onSource: (source: string | undefined) => void) {
  const choice = createChoice('quality-source', () => onSource(choice.chosen()))
  const days = createTablePanel(
    'received',
    'Received, day by day',
    ['Day', 'Received', ...verdicts.map(wordsOf), 'Replayed'],
    element('p', { class: 'filters' }, element('label', { for: choice.root.id, class: 'note' }, 'Source'), choice.root),
  )
  const panelOf = (id: string, heading: string) => createTablePanel(id, heading, ['What', 'Events'])
  const panels = {
    repairs: panelOf('repairs', 'Mended'),
    flags: panelOf('flags', 'Noted'),
    duplicates: panelOf('repeats', 'Repeats'),
    late: panelOf('delays', 'Delays'),
    money: panelOf('amounts', 'Amounts'),
    rejected: panelOf('refused', 'Refused'),
  }

  return {
    root: element(
      'div',
      { class: 'quality' },
      days.root,
      element('div', { class: 'columns' }, ...Object.values(panels).map(({ root }) => root)),
    ),
    show(outcome: Outcome<QualityAnswer>, sources: readonly string[]) {
      choice.offer(sources.map((source) => [source, nameOfSource(source)]))
      for (const { root } of Object.values(panels)) root.hidden = outcome.kind !== 'ok'
      if (outcome.kind !== 'ok') return days.show(outcome.sentence, [])
      const answer = outcome.value
      const byDay = sumDays(answer.days)
      days.show(identityOf(byDay), byDay.toReversed().map(dayRow))
      const show = (panel: keyof typeof panels, some: string, none: string, rows: readonly (readonly [string, number])[]) => {
        const seen = rows.filter(([, events]) => events > 0)
        panels[panel].show(
          seen.length === 0 ? none : some,
          seen.map(([what, events]): TableRow => [what, formatCount(events)]),
        )
      }
      show(
        'repairs',
        'Read by a rule; what was sent is kept beside it.',
        'Nothing had to be mended.',
        answer.repairs.map(({ rule, events }) => [`${subjectOfRule(rule)}, ${rule}`, events]),
      )
      show(
        'flags',
        'Kept, with a note on the event.',
        'Nothing had to be noted.',
        answer.flags.map(({ flag, events }) => [wordsOf(flag), events]),
      )
      show(
        'duplicates',
        'Kept or counted once.',
        'Nothing came twice.',
        answer.duplicates.map(({ kind, events }) => [repeats[kind] ?? wordsOf(kind), events]),
      )
      const { late, currency, missing_rates: rateless } = answer
      show('late', 'From happening to arriving.', 'Nothing arrived.', [
        ['Up to 5 minutes', late.live],
        ['Up to a day', late.day],
        ['Up to a week', late.week],
        ['Longer', late.too_late],
      ])
      const amounts = currency.own + currency.default
      show(
        'money',
        `${formatShare(currency.default, amounts)} of ${formatPlural(amounts, 'event')} with an amount took the default currency.`,
        'No event had an amount.',
        [
          ['Named its currency', currency.own],
          ['Took the default', currency.default],
          ['Without an exchange rate', rateless],
        ],
      )
      show(
        'rejected',
        'Only the count is kept.',
        'Nothing was refused.',
        answer.rejected.map(({ code, events }) => [wordsOf(code), events]),
      )
    },
  }
}

const repeats: Readonly<Record<string, string>> = {
  same_id: 'The same event again',
  business_key: 'The same order, receipt …',
  probable: 'Probably a double click',
  order_conflict: 'One order, two totals',
}

type Day = Omit<QualityAnswer['days'][number], 'source'>

/** The days with their sources put together, in the order of the calendar. */
export function sumDays(rows: QualityAnswer['days']): readonly Day[] {
  const days = new Map<string, Day>()
  for (const { source: _, ...row } of rows) {
    const before = days.get(row.day)
    if (before === undefined) days.set(row.day, row)
    else {
      const sum = (field: Exclude<keyof Day, 'day'>) => before[field] + row[field]
      days.set(row.day, {
        day: row.day,
        received: sum('received'),
        accepted: sum('accepted'),
        duplicate: sum('duplicate'),
        quarantined: sum('quarantined'),
        rejected: sum('rejected'),
        replayed: sum('replayed'),
      })
    }
  }
  return [...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1))
}

const addsUp = (day: Day): boolean => day.received === verdicts.reduce((sum, verdict) => sum + day[verdict], 0)

/** Does every day add up, and if not, which does not? */
export function identityOf(days: readonly Day[]): string {
  const wrong = days.filter((day) => !addsUp(day)).map(({ day }) => formatDay(day, 'short'))
  if (days.length === 0) return 'Nothing arrived in these days.'
  return wrong.length === 0
    ? 'Received = accepted + duplicate + quarantined + rejected, on every day. Replayed events have moved from quarantined to what they became.'
    : `Does not add up on ${wrong.join(', ')}. This must not happen: please report it.`
}

const dayRow = (day: Day): TableRow => [
  formatDay(day.day),
  formatCount(day.received),
  ...verdicts.map((verdict) => formatCount(day[verdict])),
  formatCount(day.replayed),
]
