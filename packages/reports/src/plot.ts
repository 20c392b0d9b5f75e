import uPlot from 'uplot'
import { element } from './dom.ts'
import { formatCompact, formatDay } from './format.ts'
import type { Series } from './series.ts'

/** One chart with its legend. */
export interface Plot {
  readonly root: HTMLElement
  show(days: readonly string[], series: Series): void
  /** Writes a figure beside the name of what is shown. */
  readOut(figure: string): void
  /** Fits the chart into the room it has now; draws it when that is the first time it has any. */
  layOut(): void
  /** Starts over, in the colours that hold now. */
  redraw(): void
  close(): void
}

const height = 148

/**
 * A line over days. All plots of a page move their cursors together.
 *
 * @param metric - Names the plot's colours in the style sheet.
 * @param onDay - Hears which day is pointed at, as an index; `undefined` when none is.
 */
export function createPlot(metric: string, word: string, onDay: (index: number | undefined) => void): Plot {
  const figure = element('b', { class: 'number' })
  const place = element('div', { class: 'plot-place' })
  const legend = element('p', { class: 'legend' }, element('span', { class: 'swatch' }), word, figure)
  const root = element('div', { class: 'plot', 'data-metric': metric }, legend, place)
  let plot: uPlot | undefined
  let days: readonly string[] = []
  let data: uPlot.AlignedData = [[], [], []]

  const layOut = () => {
    const width = place.clientWidth
    if (width === 0 || days.length === 0) return
    if (plot !== undefined) return plot.setSize({ width, height })
    const dayAt = (index: number): string | undefined => days[index]
    plot = new uPlot({ ...optionsFor(coloursOf(root), dayAt, onDay), width, height }, data, place)
  }
  const close = () => {
    plot?.destroy()
    plot = undefined
  }

  return {
    root,
    show(newDays, { finished, unfinished }) {
      days = newDays
      data = [days.map((_, index) => index), [...finished], [...unfinished]]
      if (plot === undefined) layOut()
      else plot.setData(data)
    },
    readOut(text) {
      figure.textContent = text
    },
    layOut,
    redraw() {
      close()
      layOut()
    },
    close,
  }
}

interface Colours {
  readonly line: string
  readonly area: string
  readonly grid: string
  readonly text: string
  readonly surface: string
}

// A canvas does not follow the style sheet: the colours are read from there each time one is made.
function coloursOf(root: HTMLElement): Colours {
  const styles = getComputedStyle(root)
  const read = (name: string): string => styles.getPropertyValue(name).trim()
  return {
    line: read('--series'),
    area: read('--series-area'),
    grid: read('--line'),
    text: read('--muted'),
    surface: read('--surface'),
  }
}

const font = '12px system-ui, sans-serif'
// Counts have no halves; days go by weeks where not all of them fit.
const countSteps = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()
const daySteps = [1, 2, 7, 14, 28, 56, 91, 182, 364, 728]

function optionsFor(
  { line, area, grid, text, surface }: Colours,
  dayAt: (index: number) => string | undefined,
  onDay: (index: number | undefined) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const points = { size: 6, space: 14, width: 2, stroke: line, fill: surface }
  const axis = { stroke: text, font, gap: 8, ticks: { show: false } }
  const labelOf = (index: number): string => {
    const day = dayAt(index)
    return day === undefined ? '' : formatDay(day, 'short')
  }
  return {
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: 'footfall-days' },
      points: { size: 8, width: 2, stroke: surface, fill: line },
    },
    scales: {
      x: { time: false, range: (_, first, last) => (first === last ? [first - 1, last + 1] : [first, last]) },
      // From zero, or small changes look like large ones.
      y: { range: (_, _lowest, highest) => [0, Math.max(highest * 1.08, 4)] },
    },
    series: [{}, { stroke: line, fill: area, width: 2, points }, { stroke: line, width: 2, dash: [3, 4], points }],
    axes: [
      { ...axis, grid: { show: false }, incrs: daySteps, space: 58, size: 26, values: (_, splits) => splits.map(labelOf) },
      {
        ...axis,
        grid: { stroke: grid, width: 1 },
        incrs: countSteps,
        space: 26,
        size: 44,
        values: (_, splits) => splits.map(formatCompact),
      },
    ],
    hooks: { setCursor: [({ cursor }) => onDay(cursor.idx ?? undefined)] },
  }
}
