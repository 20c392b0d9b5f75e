import type { QualityAnswer } from '@footfall/collector/reports'
import type { QuarantinedRow, QuarantineFilter, ReplayAnswer } from './answers.ts'
import { createChoice } from './choice.ts'
import type { Client, Outcome, Replay } from './client.ts'
import { confirmed } from './dialog.ts'
import type { Doing } from './doing.ts'
import { element, prose } from './dom.ts'
import { formatCount, formatDays, formatInstant, formatPlural } from './format.ts'
import { unnamed } from './live-row.ts'
import type { DayRange } from './period.ts'
import { inSlices, type Sums } from './slices.ts'
import { nameOfSource } from './sources.ts'
import { adviceFor, wordsOf } from './words.ts'

export interface QuarantineOptions {
  readonly client: Client
  readonly timeZone: () => string
  readonly doing: Doing
}

/** What could not be read: to look at, to mend, to bring in, to throw away. */
export function createQuarantine({ client, timeZone, doing }: QuarantineOptions) {
  let range: DayRange | undefined
  let asked = 0
  const reason = createChoice('kept-reason', () => void load())
  const source = createChoice('kept-source', () => void load())
  const name = element('input', { id: 'kept-name', type: 'search', autocomplete: 'off', spellcheck: 'false' })
  const filters = [
    { label: 'Reason', input: reason.root },
    { label: 'Source', input: source.root },
    { label: 'Event', input: name },
  ]
  const said = element('p', { class: 'span' })
  const list = element('ul', { class: 'kept' })
  const button = (word: string, className: string, act: () => unknown) => {
    const made = element('button', { type: 'button', class: `button ${className}` }, word)
    made.addEventListener('click', act)
    return made
  }
  const more = button('Show more', '', () => void load(cursor))
  const replayAll = button('Replay all of these', 'primary', () => {
    const filter = filterNow()
    if (filter !== undefined) void replay({ filter })
  })
  const purgeAll = button('Delete all of these', 'danger', () => void purge())
  let cursor: string | undefined

  const filterNow = (): QuarantineFilter | undefined => {
    if (range === undefined) return undefined
    const [code, rule] = (reason.chosen() ?? '').split(' ')
    const sender = source.chosen()
    return {
      from: range.from,
      to: range.to,
      // A reason without a rule is one of its own: without the empty word it would stand for all rules of its code.
      ...(code && { code, rule: rule ?? '' }),
      ...(sender !== undefined && { source: sender }),
      ...(name.value.trim() && { name: name.value.trim() }),
    }
  }

  const load = async (after?: string) => {
    const filter = filterNow()
    if (filter === undefined) return
    asked += 1
    const mine = asked
    const outcome = await client.quarantine(filter, after)
    if (mine !== asked) return
    if (after === undefined) list.replaceChildren()
    if (outcome.kind === 'refused') return doing.failed(outcome)
    if (outcome.kind !== 'ok') {
      said.textContent = outcome.sentence
      return
    }
    const { events, next } = outcome.value
    list.append(...events.map(entry))
    cursor = next ?? undefined
    more.hidden = next === null
    const isEmpty = list.childElementCount === 0
    for (const one of [replayAll, purgeAll]) one.hidden = isEmpty
    const isFiltered = Object.keys(filter).length > 2
    said.textContent = isEmpty
      ? `Nothing ${isFiltered ? 'of this kind ' : ''}is kept aside from these days.`
      : 'Kept exactly as it came. Settle what was open under Sources or Unknown names, or mend single events, then replay: what can be read now is counted on its own day.'
  }

  const replay = async (what: Replay) => {
    const problems: ReplayAnswer['problems'][number][] = []
    const outcome = await inSlices(
      (next) => client.replay(next === undefined ? what : { ...what, cursor: next }),
      (sums, answer) => {
        problems.push(...answer.problems)
        doing.goesOn(`Replaying: ${formatCount(sums.looked_at ?? 0)} looked at …`)
      },
    )
    if (outcome.kind !== 'ok') return doing.failed(outcome, 'Replaying stopped. ')
    const { accepted = 0, duplicate = 0, rejected = 0 } = outcome.value
    // What failed again stays open, with the changes that somebody is trying out.
    const hasChanged = what.dry_run !== true && accepted + duplicate + rejected > 0
    doing.done(whatBecame(outcome.value, problems, what.dry_run), hasChanged)
  }

  const purge = async () => {
    const filter = filterNow()
    if (filter === undefined) return
    const which = [reason.root, source.root]
      .filter(({ value }) => value !== '')
      .map(({ selectedOptions: [option] }) => option?.textContent)
    const narrowed = [...which, filter.name].filter((part) => part !== undefined).join('; ')
    const days = formatDays(filter.from, filter.to)
    const isSure = await confirmed(
      'Delete for good?',
      `${narrowed === '' ? 'Everything' : `All of “${narrowed}”`} kept aside from ${days} is deleted, also what is not listed yet. It cannot be brought back.`,
      'Delete for good',
    )
    if (isSure) told(await client.purge(filter))
  }

  const told = (outcome: Outcome<{ readonly purged: number }>) => {
    if (outcome.kind === 'ok') doing.done(`${formatPlural(outcome.value.purged, 'event')} deleted.`)
    else doing.failed(outcome)
  }

  const entry = (row: QuarantinedRow): HTMLElement => {
    const details = element(
      'details',
      {},
      element(
        'summary',
        {},
        element('b', {}, row.name ?? unnamed),
        element('code', {}, row.rule ?? row.code),
        element('span', { class: 'note' }, `${formatInstant(row.received_at, timeZone())} · ${nameOfSource(row.source ?? '')}`),
      ),
    )
    // Looking is what costs: nobody opens all of them.
    details.addEventListener('toggle', async () => {
      if (!details.open || details.childElementCount > 1) return
      details.append(body(row, await client.quarantined(row.key)))
    })
    return element('li', {}, details)
  }

  const body = (row: QuarantinedRow, full: Outcome<QuarantinedRow>): HTMLElement => {
    if (full.kind !== 'ok') return element('p', { class: 'field-fault', role: 'alert' }, full.sentence)
    const { raw, context } = full.value
    const patch = element('textarea', {
      id: `patch-${row.key}`,
      rows: 3,
      spellcheck: 'false',
      placeholder: '{"properties":{"currency":"EUR"}}',
    })
    const fault = element('p', { class: 'field-fault', role: 'alert' })
    const patched = (dry_run: boolean) => {
      const merge = readPatch(patch.value)
      fault.textContent = merge === null ? 'This is not a JSON object, such as {"properties":{"currency":"EUR"}}.' : ''
      if (merge === null) patch.focus()
      else void replay({ keys: [row.key], ...(merge && { patch: merge }), ...(dry_run && { dry_run }) })
    }
    const remove = async () => {
      const sentence = `${row.name ?? unnamed} of ${formatInstant(row.received_at, timeZone())} cannot be brought back.`
      if (await confirmed('Delete for good?', sentence, 'Delete for good')) told(await client.purge({ key: row.key }))
    }
    return element(
      'div',
      { class: 'kept-body' },
      element('p', { class: 'problem' }, element('code', {}, row.code), ` ${row.detail}`),
      element('p', {}, ...prose(adviceFor(row.rule))),
      verbatim('As it was sent', raw),
      context === undefined ? undefined : verbatim('How it came', context),
      element('label', { for: patch.id, class: 'note' }, 'Changes to it (JSON merge patch; null takes a field away)'),
      patch,
      fault,
      element(
        'div',
        { class: 'buttons' },
        button('Replay', 'primary', () => patched(false)),
        button('Only try', '', () => patched(true)),
        button('Delete', 'danger', () => void remove()),
      ),
    )
  }

  name.addEventListener('change', () => void load())

  return {
    root: element(
      'section',
      { class: 'panel quarantine', 'aria-labelledby': 'quarantine-heading' },
      element('h2', { id: 'quarantine-heading' }, 'Kept aside'),
      element(
        'div',
        { class: 'filters' },
        ...filters.map(({ label, input }) =>
          element('span', {}, element('label', { for: input.id, class: 'note' }, label), input),
        ),
      ),
      said,
      list,
      element('div', { class: 'buttons' }, more, replayAll, purgeAll),
    ),
    /** Lists again: the days, or what is kept aside of them, may have changed. */
    show(days: DayRange, quality: QualityAnswer | undefined, sources: readonly string[]) {
      range = { from: days.from, to: days.to }
      reason.offer(
        (quality?.quarantine ?? []).map(({ code, rule, events }) => [
          `${code} ${rule}`,
          `${wordsOf(code)}${rule === '' ? '' : `, ${rule}`} (${formatCount(events)})`,
        ]),
      )
      source.offer(sources.map((id) => [id, nameOfSource(id)]))
      return load()
    },
  }
}

const verbatim = (heading: string, value: unknown): HTMLElement => {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return element(
    'div',
    {},
    element('p', { class: 'note' }, heading),
    // What scrolls must be reachable by keyboard, or its end is not.
    element('pre', { tabindex: 0, role: 'group', 'aria-label': heading }, text),
  )
}

/** @returns `undefined` where nothing is to be changed, `null` where it cannot be read */
export function readPatch(text: string): object | undefined | null {
  if (text.trim() === '') return undefined
  try {
    const patch: unknown = JSON.parse(text)
    return typeof patch === 'object' && !Array.isArray(patch) ? patch : null
  } catch {
    return null
  }
}

/** `3 events replayed: 2 accepted, 1 still not readable. …` */
export function whatBecame(sums: Sums, problems: ReplayAnswer['problems'], isTrial = false): string {
  const { looked_at: seen = 0, accepted = 0, duplicate = 0, quarantined = 0, rejected = 0 } = sums
  const parts = [
    accepted > 0 && `${formatCount(accepted)} accepted`,
    duplicate > 0 && `${formatCount(duplicate)} known already`,
    rejected > 0 && `${formatCount(rejected)} refused`,
    quarantined > 0 && `${formatCount(quarantined)} still not readable`,
  ].filter(Boolean)
  const [first] = problems
  const why = first === undefined ? '' : ` The first of them: ${first.detail}`
  return `${isTrial ? 'Only tried, nothing has changed. ' : ''}${formatPlural(seen, 'event')} replayed${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.${why}`
}
