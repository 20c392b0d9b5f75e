import type { SourceRow } from './answers.ts'
import type { Client, Outcome } from './client.ts'
import { dialogButtons, openDialog } from './dialog.ts'
import type { Doing } from './doing.ts'
import { element } from './dom.ts'
import { formatCount, formatInstant, formatShare } from './format.ts'
import { type IconName, icon } from './icons.ts'
import { createTablePanel, type TableRow } from './table-panel.ts'
import { wordsOf } from './words.ts'

/** How a source is called on this page. */
export const nameOfSource = (id: string): string => (id === '' ? '(no source named)' : id)

export interface SourcesOptions {
  readonly client: Client
  readonly timeZone: () => string
  readonly doing: Doing
}

/** Where events come from, whether they still do, and how what they leave open is read. */
export function createSources({ client, timeZone, doing }: SourcesOptions) {
  const add = element('button', { type: 'button', class: 'button' }, 'Add a source')
  add.addEventListener('click', () => void edit(undefined))
  const columns = ['Source', 'Health', 'Last event', 'Last 7 days', 'Unreadable', 'Settings']
  const panel = createTablePanel('sources', 'Sources', columns, element('p', { class: 'filters' }, add))

  const edit = async (row: SourceRow | undefined) => {
    const { id, fields, settings } = settingsForm(row)
    const buttons = dialogButtons(
      ['save', 'Save', 'primary'],
      ['', 'Cancel'],
      ...(row?.is_registered ? [['remove', 'Remove'] as const] : []),
    )
    const pressed = await openDialog(row === undefined ? 'Add a source' : `Source ${row.id}`, fields, buttons)
    if (pressed === '') return
    const outcome = await (pressed === 'save' ? client.setSource(id(), settings()) : client.removeSource(id()))
    if (outcome.kind !== 'ok') return doing.failed(outcome)
    doing.done(`${id()} is ${pressed === 'save' ? 'saved. What was kept aside for want of it can be replayed now' : 'removed'}.`)
  }

  const rowOf = (row: SourceRow): TableRow => {
    const face = faces[row.status] ?? (['dot', ''] as const)
    const button = element(
      'button',
      { type: 'button', class: 'button', 'aria-label': `Settings of ${row.id}` },
      row.is_registered ? 'Change' : 'Register',
    )
    button.addEventListener('click', () => void edit(row))
    const total = row.received_7d
    return [
      nameOfSource(row.id),
      element('span', { class: 'verdict', 'data-verdict': face[1] }, icon(face[0]), wordsOf(row.status)),
      row.last_seen === null ? 'never' : formatInstant(row.last_seen, timeZone()),
      formatCount(total),
      row.error_rate === null ? '–' : formatShare(row.error_rate, 1),
      row.id === '' ? '' : button,
    ]
  }

  return {
    root: panel.root,
    show(outcome: Outcome<readonly SourceRow[]>) {
      if (outcome.kind !== 'ok') return panel.show(outcome.sentence, [])
      const rows = outcome.value
      panel.show(
        rows.length === 0
          ? 'No source yet. Add the shop, the till, the newsletter: whatever sends events, so that its silence is noticed.'
          : 'What a source leaves open, such as its time zone or which of day and month comes first, is read by its settings.',
        rows.map(rowOf),
      )
    },
  }
}

const faces: Readonly<Record<string, readonly [icon: IconName, verdict: string]>> = {
  live: ['tick', 'accepted'],
  new: ['dot', 'duplicate'],
  unseen: ['dot', 'duplicate'],
  collapsing: ['warning', 'quarantined'],
  silent: ['warning', 'rejected'],
}

// Each with what it may be: words to choose from, or how it is entered.
const fields: readonly (readonly [name: string, label: string, values: readonly string[] | 'text' | 'number'])[] = [
  ['channel', 'Channel', ['', 'web', 'app', 'email', 'social', 'ads', 'pos', 'call_center', 'import']],
  ['transport', 'Comes from', ['', 'browser', 'server', 'pixel', 'file']],
  ['time_zone', 'Time zone, such as Europe/Paris', 'text'],
  ['date_order', 'Order of dates', ['', 'DMY', 'MDY', 'YMD']],
  ['time_unit', 'Time counts in', ['', 's', 'ms', 'us', 'ns', 'excel', 'excel1904']],
  ['money_unit', 'Amounts in', ['', 'major', 'minor']],
  ['currency', 'Currency, such as EUR', 'text'],
  ['locale', 'Locale, such as de-DE', 'text'],
  ['tax_inclusive', 'Prices with tax', ['', 'true', 'false']],
  ['sampling', 'Share that it sends, 0 to 1', 'number'],
  ['expected_per_day', 'Events expected a day', 'number'],
]

function settingsForm(row: SourceRow | undefined) {
  const given = Object(row) as Readonly<Record<string, unknown>>
  const id = element('input', { id: 'source-id', required: true, maxlength: 128, value: row?.id ?? '' })
  const inputs = fields.map(([name, label, values]) => {
    const old = String(given[name] ?? '')
    const input =
      typeof values === 'string'
        ? element('input', { id: `source-${name}`, type: values, step: 'any', value: old })
        : element(
            'select',
            // By its channel it is decided whom the collector believes: nobody means one unless they say so.
            { id: `source-${name}`, required: name === 'channel' },
            ...values.map((value) => element('option', { value, selected: value === old }, value === '' ? 'not said' : value)),
          )
    return { name, label, input, isNumber: values === 'number' }
  })
  return {
    id: () => id.value.trim(),
    fields: element(
      'div',
      { class: 'fields' },
      // What it is called stands above when it is there already.
      ...[...(row === undefined ? [{ label: 'Name, as in the events', input: id }] : []), ...inputs].flatMap(
        ({ label, input }) => [element('label', { for: input.id, class: 'note' }, label), input],
      ),
    ),
    /** All settings, since what is not said is taken away. */
    settings: () =>
      Object.fromEntries(
        inputs
          .map(({ name, input, isNumber }) => [name, read(input.value.trim(), isNumber)] as const)
          .filter(([, value]) => value !== ''),
      ),
  }
}

const read = (text: string, isNumber: boolean): unknown =>
  text === '' ? '' : isNumber ? Number(text) : text === 'true' ? true : text === 'false' ? false : text
