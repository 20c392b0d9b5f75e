import type { LiveMessage } from '@footfall/collector/reports'
import type { Verdict } from '@footfall/events'
import { arrange, element } from './dom.ts'
import { formatCount, formatPlural } from './format.ts'
import { type IconName, icon } from './icons.ts'
import {
  countVerdicts,
  emptyBuffer,
  everything,
  filterRows,
  type LiveBuffer,
  type LiveFilter,
  maxLiveRows,
  merge,
} from './live-buffer.ts'
import { createLiveRow } from './live-row.ts'
import type { ConnectionState } from './live-stream.ts'
import { verdictFaces } from './verdicts.ts'

/** The list of what is arriving right now. */
export interface Live {
  readonly root: HTMLElement
  add(message: LiveMessage, about: { readonly isReplay: boolean }): void
  showState(state: ConnectionState): void
}

export interface LiveOptions {
  /** The zone in which times are written: the project's, once it is known. */
  readonly timeZone: () => string
}

/** Newest first; can be paused, and filtered by verdict and name. */
export function createLive({ timeZone }: LiveOptions): Live {
  let buffer = emptyBuffer
  let paused: LiveBuffer | undefined
  let filter: LiveFilter = everything
  let isDrawing = false
  const drawn = new Map<number, HTMLElement>()

  const state = element('p', { class: 'connection', role: 'status' })
  const pause = element('button', { type: 'button', class: 'button' })
  const name = element('input', {
    type: 'search',
    id: 'live-name',
    placeholder: 'Event name',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const verdicts = createVerdictFilter((verdict) => {
    filter = { ...filter, verdict }
    draw()
  })
  const body = element('tbody', { role: 'rowgroup' })
  const nothing = element('p', { class: 'nothing' })
  const skipped = element('p', { class: 'footnote' })

  const draw = () => {
    const view = paused ?? buffer
    const rows = filterRows(view.rows, filter)
    const kept = new Set(view.rows.map((row) => row.key))
    for (const key of drawn.keys()) if (!kept.has(key)) drawn.delete(key)
    const elements = rows.map((row) => {
      const made = drawn.get(row.key) ?? createLiveRow(row, timeZone())
      drawn.set(row.key, made)
      return made
    })
    arrange(body, elements)
    nothing.hidden = rows.length > 0
    nothing.textContent =
      view.rows.length === 0
        ? 'Waiting for events. They show up here as they arrive.'
        : 'None of the newest events matches this filter.'
    skipped.hidden = view.skipped === 0
    skipped.textContent = `${formatPlural(view.skipped, 'more event')} arrived too fast to be listed one by one.`
    verdicts.showCounts(view)
    drawPause()
  }
  const drawPause = () => {
    const missed = paused === undefined ? 0 : buffer.made - paused.made
    const label = paused === undefined ? 'Pause' : missed === 0 ? 'Resume' : `Resume (${formatCount(missed)} new)`
    pause.replaceChildren(icon(paused === undefined ? 'pause' : 'play'), label)
  }
  // However many messages arrive within a frame, the list is laid out once; in a hidden tab not at all until it is looked at.
  const drawSoon = () => {
    if (isDrawing) return
    isDrawing = true
    requestAnimationFrame(() => {
      isDrawing = false
      draw()
    })
  }

  pause.addEventListener('click', () => {
    paused = paused === undefined ? buffer : undefined
    draw()
  })
  name.addEventListener('input', () => {
    filter = { ...filter, name: name.value }
    draw()
  })
  draw()

  return {
    root: element(
      'section',
      { class: 'panel live', 'aria-labelledby': 'live-heading' },
      element('div', { class: 'panel-head' }, element('h2', { id: 'live-heading' }, 'Live'), state, pause),
      element(
        'div',
        { class: 'filters' },
        verdicts.root,
        element('label', { for: name.id, class: 'visually-hidden' }, 'Only events whose name contains'),
        name,
      ),
      element(
        'table',
        { role: 'table', class: 'arrivals', 'aria-label': `The newest events, at most ${maxLiveRows}` },
        element(
          'thead',
          { role: 'rowgroup' },
          element(
            'tr',
            { role: 'row' },
            ...['Received', 'Verdict', 'Event', 'What', 'Where'].map((word) =>
              element('th', { role: 'columnheader', scope: 'col' }, word),
            ),
          ),
        ),
        body,
      ),
      nothing,
      skipped,
    ),
    add(message, about) {
      buffer = merge(buffer, message, about)
      drawSoon()
    },
    showState(connection) {
      const { word, icon: picture } = connectionFaces[connection]
      state.dataset.state = connection
      state.replaceChildren(icon(picture), word)
    },
  }
}

const connectionFaces: Readonly<Record<ConnectionState, { readonly word: string; readonly icon: IconName }>> = {
  connecting: { word: 'Connecting …', icon: 'retry' },
  connected: { word: 'Connected', icon: 'tick' },
  reconnecting: { word: 'Reconnecting …', icon: 'retry' },
}

interface VerdictFilter {
  readonly root: HTMLElement
  showCounts(buffer: LiveBuffer): void
}

function createVerdictFilter(onChoose: (verdict: Verdict | undefined) => void): VerdictFilter {
  const choices = [{ verdict: undefined, word: 'All', icon: undefined }, ...verdictFaces].map(
    ({ verdict, word, icon: picture }) => {
      const count = element('span', { class: 'number' })
      const button = element(
        'button',
        { type: 'button', class: 'chip', 'data-verdict': verdict, 'aria-pressed': String(verdict === undefined) },
        picture === undefined ? undefined : icon(picture),
        word,
        ' ',
        count,
      )
      return { verdict, button, count }
    },
  )
  for (const { verdict, button } of choices) {
    button.addEventListener('click', () => {
      for (const other of choices) other.button.setAttribute('aria-pressed', String(other.button === button))
      onChoose(verdict)
    })
  }
  return {
    root: element('div', { class: 'chips', role: 'group', 'aria-label': 'Show only' }, ...choices.map(({ button }) => button)),
    showCounts({ rows }) {
      const counts = countVerdicts(rows)
      for (const { verdict, count } of choices)
        count.textContent = formatCount(verdict === undefined ? rows.length : counts[verdict])
    },
  }
}
