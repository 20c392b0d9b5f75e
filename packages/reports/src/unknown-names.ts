import type { UnknownName } from '@footfall/collector/reports'
import type { AliasRow } from './answers.ts'
import type { Client, Outcome } from './client.ts'
import type { Doing } from './doing.ts'
import { element } from './dom.ts'
import { formatCount, formatDay, formatPlural } from './format.ts'
import { inSlices } from './slices.ts'
import { createTablePanel, type TableRow } from './table-panel.ts'

export interface UnknownNamesOptions {
  readonly client: Client
  readonly doing: Doing
}

/** Event names that no report knows: each can be told what it means, also for what is stored, and that can be taken back. */
export function createUnknownNames({ client, doing }: UnknownNamesOptions) {
  const names = createTablePanel('names', 'Unknown names', ['Name', 'Events', 'Last seen', 'Counts as'])
  const aliases = createTablePanel('aliases', 'Names that count as others', ['Name', 'Counts as', 'Since', ''])

  /** Stored events follow after the registry has changed; where that fails, it can be asked for again. */
  const apply = async (change: Promise<Outcome<unknown>>, name: string, done: string) => {
    const changed = await change
    if (changed.kind !== 'ok') return doing.failed(changed)
    const outcome = await inSlices(
      (cursor) => client.reprocess(name, cursor),
      ({ looked_at: seen = 0 }) => doing.goesOn(`${done} Looking through what is stored: ${formatPlural(seen, 'event')} …`),
    )
    if (outcome.kind !== 'ok') return doing.failed(outcome, `${done} But stored events could not follow: `)
    const { changed: followed = 0, unreadable = 0 } = outcome.value
    const left = unreadable > 0 ? ` ${formatPlural(unreadable, 'event')} could not be read that way and stayed as it was.` : ''
    doing.done(`${done} ${formatPlural(followed, 'stored event')} followed.${left}`)
  }

  const aliasForm = ({ name, suggestion, alias }: UnknownName): HTMLElement => {
    const input = element('input', {
      value: alias ?? suggestion ?? '',
      'aria-label': `${name} counts as`,
      placeholder: 'order_completed',
      required: true,
      autocomplete: 'off',
      spellcheck: 'false',
    })
    const form = element('form', { class: 'inline' }, input, element('button', { class: 'button' }, 'Count as this'))
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const to = input.value.trim()
      void apply(client.setAlias(name, to), name, `${name} counts as ${to} from now on.`)
    })
    return form
  }

  const undoButton = ({ from }: AliasRow): HTMLElement => {
    const undo = element('button', { type: 'button', class: 'button', 'aria-label': `Undo ${from}` }, 'Undo')
    undo.addEventListener('click', () => void apply(client.removeAlias(from), from, `${from} stands for itself again.`))
    return undo
  }

  return {
    root: element('div', { class: 'names' }, names.root, aliases.root),
    isBeingWritten: () => [...names.root.querySelectorAll('input')].some(({ value, defaultValue }) => value !== defaultValue),
    show(unknown: Outcome<readonly UnknownName[]>, known: Outcome<readonly AliasRow[]>) {
      if (unknown.kind !== 'ok') names.show(unknown.sentence, [])
      else
        names.show(
          unknown.value.length === 0
            ? 'Every stored event has a name that reports know.'
            : 'These events are kept, but no report counts them. Say what a name means, and stored events follow; that can be undone.',
          unknown.value.map(
            (row): TableRow => [
              row.name,
              formatCount(row.events),
              formatDay(row.last_seen.slice(0, 10), 'short'),
              aliasForm(row),
            ],
          ),
        )
      aliases.root.hidden = known.kind === 'ok' && known.value.length === 0
      if (known.kind !== 'ok') return aliases.show(known.sentence, [])
      aliases.show(
        'Undo brings back what stood there before.',
        known.value.map((row): TableRow => [row.from, row.to, formatDay(row.created_at.slice(0, 10), 'short'), undoButton(row)]),
      )
    },
  }
}
