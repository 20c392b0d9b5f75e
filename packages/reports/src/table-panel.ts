import { element } from './dom.ts'

/** One row: what it is about, and its figures. */
export type TableRow = readonly [head: string, ...figures: string[]]

/** A part of the page that says something in a sentence, and then in a table. */
export function createTablePanel(id: string, heading: string, columns: readonly string[]) {
  const said = element('p', { class: 'span' })
  const body = element('tbody')
  const heads = columns.map((word) => element('th', { scope: 'col' }, word))
  const table = element('table', { class: 'days' }, element('thead', {}, element('tr', {}, ...heads)), body)
  // What scrolls must be reachable by keyboard, or its end is not.
  const scroll = element('div', { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': `Table: ${heading}` }, table)
  return {
    root: element(
      'section',
      { class: 'panel', 'aria-labelledby': `${id}-heading` },
      element('h2', { id: `${id}-heading` }, heading),
      said,
      scroll,
    ),
    /** Without rows there is no table. */
    show(sentence: string, rows: readonly TableRow[]) {
      said.textContent = sentence
      scroll.hidden = rows.length === 0
      body.replaceChildren(
        ...rows.map(([head, ...figures]) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, head),
            ...figures.map((figure) => element('td', { class: 'number' }, figure)),
          ),
        ),
      )
    },
  }
}
