import { element, svgElement } from './dom.ts'
import { formatCompact, formatDay } from './format.ts'
import type { Series } from './series.ts'
import { dayStep, ticksOf } from './ticks.ts'

/** One chart with its legend. */
export interface Plot {
  readonly root: HTMLElement
  show(days: readonly string[], series: Series): void
  /** Writes a figure beside the name of what is shown, and marks its day; `undefined` marks none. */
  readOut(figure: string, index: number | undefined): void
  /** Fits the chart into the room it has now. */
  layOut(): void
}

const height = 148
/** What stands around the lines, in pixels: figures on the left, days below. */
const margin = { top: 10, right: 14, bottom: 26, left: 44 }
const bottom = height - margin.bottom

/**
 * A line over days.
 *
 * @param metric - Names the plot's colours in the style sheet.
 * @param onDay - Hears which day is pointed at, as an index; `undefined` when none is.
 */
export function createPlot(metric: string, word: string, onDay: (index: number | undefined) => void): Plot {
  const figure = element('b', { class: 'number' })
  const place = element('div', { class: 'plot-place' })
  const legend = element('p', { class: 'legend' }, element('span', { class: 'swatch' }), word, figure)
  let days: readonly string[] = []
  let series: Series = { finished: [], unfinished: [] }
  let width = 0
  let top = 4
  const cursor = svgElement('g', { class: 'plot-cursor' })

  // Days are an index and not instants: a day of 23 hours is as wide as any other. A single one stands in the middle.
  const step = () => (width - margin.left - margin.right) / Math.max(days.length - 1, 1)
  const x = (index: number): number => margin.left + (days.length === 1 ? step() / 2 : index * step())
  const y = (value: number): number => bottom - (value / top) * (bottom - margin.top)

  const layOut = () => {
    width = place.clientWidth
    if (width === 0 || days.length === 0) return
    const values = days.map((_, index) => valueAt(index))
    // From zero, or small changes look like large ones.
    top = Math.max(Math.max(...values) * 1.08, 4)
    const every = dayStep(days.length, step())
    const points = step() < 14 ? [] : values.map((value, index) => dot(index, value, 3))
    place.replaceChildren(
      svgElement(
        'svg',
        { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
        ...ticksOf(top).flatMap((value) => [
          svgElement('path', { class: 'plot-grid', d: `M${margin.left} ${y(value)}H${width - margin.right}` }),
          label(margin.left - 8, y(value) + 4, 'end', formatCompact(value)),
        ]),
        ...days.flatMap((day, index) =>
          index % every === 0 ? [label(x(index), height - 6, 'middle', formatDay(day, 'short'))] : [],
        ),
        svgElement('path', { class: 'plot-area', d: areaOf(series.finished) }),
        svgElement('path', { class: 'plot-line', d: pathOf(series.finished) }),
        svgElement('path', { class: 'plot-line is-unfinished', d: pathOf(series.unfinished) }),
        ...points,
        cursor,
      ),
    )
  }
  const valueAt = (index: number): number => series.finished[index] ?? series.unfinished[index] ?? 0
  const at = (index: number, value: number): string => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`
  const drawn = (values: Series['finished']) =>
    values.flatMap((value, index) => (value === null ? [] : [{ index, text: at(index, value) }]))
  const pathOf = (values: Series['finished']): string =>
    drawn(values)
      .map(({ text }, order) => (order === 0 ? 'M' : 'L') + text)
      .join('')
  const areaOf = (values: Series['finished']): string => {
    const [first, ...rest] = drawn(values)
    const last = rest.at(-1)
    return first === undefined || last === undefined ? '' : `${pathOf(values)}L${at(last.index, 0)}L${at(first.index, 0)}Z`
  }
  const dot = (index: number, value: number, r: number) =>
    svgElement('circle', { class: 'plot-point', cx: x(index), cy: y(value), r })

  place.addEventListener('pointermove', ({ clientX }) => {
    const from = clientX - place.getBoundingClientRect().left - margin.left
    onDay(Math.min(Math.max(Math.round(from / step()), 0), days.length - 1))
  })
  place.addEventListener('pointerleave', () => onDay(undefined))

  return {
    root: element('div', { class: 'plot', 'data-metric': metric }, legend, place),
    show(newDays, newSeries) {
      days = newDays
      series = newSeries
      layOut()
    },
    readOut(text, index) {
      figure.textContent = text
      if (index === undefined) return cursor.replaceChildren()
      const line = svgElement('path', { d: `M${x(index)} ${margin.top}V${bottom}` })
      cursor.replaceChildren(line, dot(index, valueAt(index), 4))
    },
    layOut,
  }
}

const label = (x: number, y: number, anchor: string, text: string): SVGElement =>
  svgElement('text', { class: 'plot-label', x, y, 'text-anchor': anchor }, text)
