import type { TrafficAnswer } from '@footfall/collector/reports'

import { element } from './dom.ts'
import { formatCount, formatDay } from './format.ts'
import { todayIn } from './period.ts'
import { createPlot } from './plot.ts'
import { splitAtToday, summaryOf } from './series.ts'
import type { TrafficView } from './totals.ts'

export interface Charts extends TrafficView {
  close(): void
}

export interface ChartsOptions {
  readonly now: () => Date
  /** Where the figures of these days can be downloaded. */
  readonly csvUrlOf: (traffic: TrafficAnswer) => string
}

const metrics = [
  { key: 'events', word: 'Events' },
  { key: 'visitors', word: 'Visitors' },
] as const

/**
 * Events and visitors by day, as charts and as a table. Two charts over the same days and not one with two scales: on a shared scale
 * visitors would be a flat line, and where two scales cross means nothing.
 */
export function createCharts({ now, csvUrlOf }: ChartsOptions): Charts {
  let shown: TrafficAnswer | undefined
  let today = ''
  const readOut = (index: number | undefined) => {
    const entry = shown?.days.at(index ?? -1)
    if (entry === undefined) return
    day.textContent = `${formatDay(entry.day)}${entry.day === today ? ', so far' : ''}`
    for (const { key, plot } of charts) plot.readOut(formatCount(entry[key]), index)
  }
  const charts = metrics.map(({ key, word }) => ({ key, word, plot: createPlot(key, word, readOut) }))
  const day = element('p', { class: 'readout-day' })
  const picture = element('div', { class: 'plots', role: 'img' }, ...charts.map(({ plot }) => plot.root))
  const table = createDayTable(csvUrlOf)
  // Also fires when the charts are first laid out: before that they have no size to be drawn in.
  const sizes = new ResizeObserver(() => {
    for (const { plot } of charts) plot.layOut()
  })
  sizes.observe(picture)

  return {
    root: element(
      'section',
      { class: 'panel charts', 'aria-labelledby': 'charts-heading' },
      element('div', { class: 'panel-head' }, element('h2', { id: 'charts-heading' }, 'Day by day'), day),
      picture,
      table.root,
    ),
    show(traffic) {
      shown = traffic
      today = todayIn(traffic.time_zone, now())
      const days = traffic.days.map((entry) => entry.day)
      for (const { key, plot } of charts) {
        const values = traffic.days.map((entry) => entry[key])
        plot.show(days, splitAtToday(values, days, today))
      }
      readOut(undefined)
      const summaries = charts.map(({ key, word }) => summaryOf(word, traffic.days, key))
      picture.setAttribute('aria-label', [...summaries, 'All figures are in the table below.'].join(' '))
      table.show(traffic)
    },
    close() {
      sizes.disconnect()
    },
  }
}

function createDayTable(csvUrlOf: ChartsOptions['csvUrlOf']): TrafficView {
  const caption = element('caption')
  const rows = element('tbody')
  const csv = element('a', { class: 'text-link', download: true }, 'Download as CSV')
  const heads = ['Day', 'Events', 'Visitors'].map((word) => element('th', { scope: 'col' }, word))
  return {
    root: element(
      'details',
      {},
      element('summary', {}, 'The same as a table'),
      element(
        'div',
        // What scrolls must be reachable by keyboard, or its end is not.
        { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of events and visitors by day' },
        element('table', { class: 'days' }, caption, element('thead', {}, element('tr', {}, ...heads)), rows),
      ),
      csv,
    ),
    show(traffic) {
      caption.textContent = `Events and visitors by day, newest first. Days begin at midnight, ${traffic.time_zone} time.`
      rows.replaceChildren(...traffic.days.toReversed().map(rowOf))
      csv.href = csvUrlOf(traffic)
    },
  }
}

const rowOf = ({ day, events, visitors }: TrafficAnswer['days'][number]): HTMLElement =>
  element(
    'tr',
    {},
    element('th', { scope: 'row' }, formatDay(day)),
    element('td', { class: 'number' }, formatCount(events)),
    element('td', { class: 'number' }, formatCount(visitors)),
  )
