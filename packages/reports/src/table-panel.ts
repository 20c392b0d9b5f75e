import { element } from './dom.ts'

/** One row: what it is about, and its figures, or what can be done about it. */
export type TableRow = readonly [head: string | Node, ...cells: (string | Node)[]]

/** A part of the page that says something in a sentence, and then in a table; between heading and sentence may stand `beneath`. */
export function createTablePanel(id: string, heading: string, columns: readonly string[], ...beneath: readonly Node[]) {
  const said = element('p', { class: 'span' })
  // The roles are written out because on a phone the style sheet takes tables apart in which something can be pressed.
  const body = element('tbody', { role: 'rowgroup' })
  const heads = columns.map((word) => element('th', { scope: 'col', role: 'columnheader' }, word))
  const head = element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads))
  const table = element('table', { class: 'days', role: 'table' }, head, body)
  // What scrolls must be reachable by keyboard, or its end is not.
  const scroll = element('div', { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': `Table: ${heading}` }, table)
  return {
    root: element(
      'section',
      { class: 'panel', 'aria-labelledby': `${id}-heading` },
      element('h2', { id: `${id}-heading` }, heading),
      ...beneath,
      said,
      scroll,
    ),
    /** Without rows there is no table. */
    show(sentence: string, rows: readonly TableRow[]) {
      said.textContent = sentence
      scroll.hidden = rows.length === 0
      body.replaceChildren(
        ...rows.map(([head, ...cells]) =>
          element(
            'tr',
            { role: 'row' },
            element('th', { scope: 'row', role: 'rowheader' }, head),
            ...cells.map((cell, index) =>
              element(
                'td',
                { role: 'cell', class: typeof cell === 'string' ? 'number' : undefined, 'data-label': columns[index + 1] },
                cell,
              ),
            ),
          ),
        ),
      )
    },
  }
}
