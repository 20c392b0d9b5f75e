import { element } from './dom.ts'
import { formatDuration, formatInstant, formatTime } from './format.ts'
import { icon } from './icons.ts'
import type { LiveRow } from './live-buffer.ts'
import { faceOf } from './verdicts.ts'

// An event that waited on the device is worth a word; one that only travelled is not.
const notableDelayMs = 60_000

/** One arrival as a table row. The roles are written out because on a phone the style sheet takes the table apart. */
export function createLiveRow(row: LiveRow, timeZone: string): HTMLElement {
  const { word, icon: name } = faceOf(row.status)
  return element(
    'tr',
    { role: 'row', class: 'arrival', 'data-verdict': row.status },
    cell(
      'when',
      element(
        'time',
        { datetime: row.received_at, title: formatInstant(row.received_at, timeZone) },
        formatTime(row.received_at, timeZone),
      ),
      delayOf(row),
    ),
    cell('became', element('span', { class: 'verdict', 'data-verdict': row.status }, icon(name), word)),
    cell('event', element('span', { class: 'name' }, row.name ?? unnamed), repairOf(row)),
    cell(
      'what',
      row.summary === '' ? undefined : element('span', { class: 'summary' }, row.summary),
      pageOf(row),
      problemOf(row),
    ),
    cell('where', ...touchpointOf(row)),
  )
}

const cell = (className: string, ...children: readonly (Node | string | undefined)[]): HTMLElement =>
  element('td', { role: 'cell', class: className }, ...children)

/** Stands for the name of an event that had none. */
export const unnamed = '(no name)'

const note = (text: string): HTMLElement => element('span', { class: 'note' }, text)

function delayOf({ occurred_at, received_at }: LiveRow): HTMLElement | undefined {
  const delayMs = occurred_at === null ? 0 : Date.parse(received_at) - Date.parse(occurred_at)
  return delayMs >= notableDelayMs ? note(`${formatDuration(delayMs)} after it happened`) : undefined
}

const repairOf = ({ name, original_name }: LiveRow): HTMLElement | undefined =>
  original_name === null || original_name === name ? undefined : note(`sent as ${original_name}`)

const pageOf = ({ page_path }: LiveRow): HTMLElement | undefined =>
  page_path === null ? undefined : element('span', { class: 'note path' }, page_path)

function problemOf({ code, detail }: LiveRow): HTMLElement | undefined {
  if (code === null) return undefined
  return element('span', { class: 'problem' }, element('code', {}, code), detail === null ? undefined : ` ${detail}`)
}

function touchpointOf({ device, channel, bot }: LiveRow): readonly (Node | undefined)[] {
  const places = [device, channel === 'web' ? null : channel].filter((place) => place !== null && place !== '')
  return [element('span', {}, places.join(' · ')), bot ? element('span', { class: 'badge' }, 'Bot') : undefined]
}
