import type { QualityAnswer, TrafficAnswer } from '@footfall/collector/reports'
import type { SourceRow } from './answers.ts'
import type { Outcome } from './client.ts'
import { element } from './dom.ts'
import { formatInstant, formatPlural, formatShare } from './format.ts'
import { type IconName, icon } from './icons.ts'
import { nameOfSource } from './sources.ts'
import { balance } from './totals.ts'

/** How far the figures can be relied on. */
export interface Trust {
  readonly level: 'good' | 'care' | 'bad' | 'unknown'
  readonly sentence: string
  /** What else there is to know, the worst first. */
  readonly more: readonly string[]
}

/** Everything that the judgement rests on. */
export interface Evidence {
  readonly traffic: TrafficAnswer
  readonly quality: Outcome<QualityAnswer>
  readonly sources: Outcome<readonly SourceRow[]>
}

// Below this share of what arrived, a fault moves no figure that anybody decides by.
const notable = 0.005
const grave = 0.05

/** Can the numbers be trusted? In a sentence for someone who decides by them. */
export function trustOf({ traffic, quality, sources }: Evidence): Trust {
  if (quality.kind !== 'ok') return cannotTell(quality.sentence)
  if (sources.kind !== 'ok') return cannotTell(sources.sentence)
  const { totals, flags, late, currency } = quality.value
  const { received, quarantined } = totals
  const bad: string[] = []
  const care: string[] = []
  // What may be quite right: a shop of one currency names none, and a file brings what is old.
  const notes: string[] = []
  const isNotable = (events: number, of: number): boolean => events > 0 && events >= of * notable

  if (!balance(traffic.verdicts).isBalanced) bad.push('the account of events does not add up')
  for (const source of sources.value) {
    const { last_seen: seen } = source
    const since = seen === null ? '' : ` since ${formatInstant(seen, traffic.time_zone)}`
    if (source.status === 'silent') bad.push(`source ${nameOfSource(source.id)} is silent${since}`)
    if (source.status === 'collapsing') bad.push(`source ${nameOfSource(source.id)} sends far fewer events than usual`)
  }
  if (isNotable(quarantined, received)) {
    const share = `${formatPlural(quarantined, 'event')} (${formatShare(quarantined, received)})`
    const isGrave = quarantined >= received * grave
    const list = isGrave ? bad : care
    // Whether they are still there or not: purged and erased ones are missing all the same.
    list.push(`${share} could not be read and ${quarantined === 1 ? 'is' : 'are'} in none of them`)
  }
  const unpriced = traffic.excluded.orders_without_rate
  if (unpriced > 0) care.push(`revenue lacks ${formatPlural(unpriced, 'order')} without an exchange rate`)
  const unknown = flags.find(({ flag }) => flag === 'unrecognized')?.events ?? 0
  if (isNotable(unknown, received))
    care.push(`${formatPlural(unknown, 'event')} ${unknown === 1 ? 'has a name' : 'have names'} that no report knows`)
  if (isNotable(currency.default, currency.own + currency.default))
    notes.push(`${formatPlural(currency.default, 'event')} with an amount named no currency: the default one was taken`)
  if (isNotable(late.too_late, received)) notes.push(`${formatPlural(late.too_late, 'event')} came more than a week late`)

  const [first, ...rest] = [...bad, ...care]
  const more = [...rest, ...notes].map((reason) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`)
  if (first !== undefined) {
    const isBad = bad.length > 0
    const advice = isBad ? 'Do not rely on these numbers yet' : 'Use these numbers with care'
    return { level: isBad ? 'bad' : 'care', sentence: `${advice}: ${first}.`, more }
  }
  if (received === 0) return { level: 'good', sentence: 'Nothing arrived in these days, and no source is missing.', more }
  const aside = quarantined === 0 ? 'none' : `only ${formatShare(quarantined, received)}`
  const sentence = `You can trust these numbers: every event received is accounted for, and ${aside} had to be kept aside.`
  return { level: 'good', sentence, more }
}

const cannotTell = (sentence: string): Trust => ({
  level: 'unknown',
  sentence: `Whether these numbers can be trusted cannot be told just now. ${sentence}`,
  more: [],
})

const faces: Readonly<Record<Trust['level'], readonly [icon: IconName, className: string]>> = {
  good: ['tick', 'is-good'],
  care: ['warning', 'is-warning'],
  bad: ['warning', 'is-bad'],
  unknown: ['warning', 'is-warning'],
}

/** The sentence at the top of the page, and the way to what it rests on. */
export function createTrust() {
  const root = element('section', { class: 'notice trust', 'aria-label': 'Can these numbers be trusted?', hidden: true })
  return {
    root,
    show({ level, sentence, more }: Trust) {
      const [picture, className] = faces[level]
      root.className = `notice trust ${className}`
      root.hidden = false
      root.replaceChildren(
        icon(picture),
        element(
          'div',
          {},
          element('p', {}, sentence),
          more.length === 0 ? undefined : element('ul', {}, ...more.map((reason) => element('li', {}, reason))),
          element('a', { class: 'onward', href: '#quality' }, 'What this rests on'),
        ),
      )
    },
  }
}
