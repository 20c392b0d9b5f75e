import type { QualityAnswer, TrafficAnswer } from '@footfall/collector/reports'
import type { AliasRow, SourceRow } from './answers.ts'
import type { Client, Outcome } from './client.ts'
import type { Doing } from './doing.ts'
import { element } from './dom.ts'
import { createQuality } from './quality.ts'
import { createQuarantine } from './quarantine.ts'
import { createSources } from './sources.ts'
import { createTrust, trustOf } from './trust.ts'
import { createUnknownNames } from './unknown-names.ts'

export interface DataQualityOptions {
  readonly client: Client
  readonly timeZone: () => string
  /** The figures have changed, because of what was done here. */
  readonly onChanged: () => void
  readonly onSignedOut: () => void
}

// How old the sentence may be while events pour in and nobody looks at what it rests on.
const calmMs = 30_000

/**
 * Whether the figures can be trusted, in a sentence, and what that rests on, in a view of its own.
 *
 * While events arrive only the figures follow. The quarantine is listed again when the days or the view change and after something was
 * done: a list must not move under somebody who works in it.
 */
export function createDataQuality({ client, timeZone, onChanged, onSignedOut }: DataQualityOptions) {
  let traffic: TrafficAnswer | undefined
  let source: string | undefined
  let asked = 0
  let askedAt = 0
  let listed = ''
  const trust = createTrust()
  const said = element('p', { class: 'notice', role: 'status', tabindex: -1, hidden: true })
  const doing: Doing = {
    goesOn(sentence) {
      said.textContent = sentence
      said.hidden = false
    },
    done(sentence, hasChanged = true) {
      doing.goesOn(sentence)
      // What was pressed may be gone in a moment: the focus goes to what came of it.
      said.focus()
      if (!hasChanged) return
      listed = ''
      onChanged()
    },
    failed(outcome, before = '') {
      if (outcome.kind === 'refused') return onSignedOut()
      // Where something is said to have come before, something has changed.
      doing.done(before + outcome.sentence, before !== '')
    },
  }
  const sources = createSources({ client, timeZone, doing })
  const names = createUnknownNames({ client, doing })
  const quarantine = createQuarantine({ client, timeZone, doing })
  const quality = createQuality((chosen) => {
    source = chosen
    void load()
  })
  const root = element('div', { class: 'details', hidden: true }, said, sources.root, quarantine.root, names.root, quality.root)

  const load = async () => {
    if (traffic === undefined) return
    asked += 1
    askedAt = performance.now()
    const mine = asked
    const current = traffic
    const [all, healths, chosen, aliases] = await Promise.all([
      client.quality(current),
      client.sources(),
      source === undefined || root.hidden ? undefined : client.quality(current, source),
      root.hidden ? undefined : client.aliases(),
    ])
    if (mine !== asked) return
    if ([all, healths, chosen, aliases].some((outcome) => outcome?.kind === 'refused')) return onSignedOut()
    trust.show(trustOf({ traffic: current, quality: all, sources: healths }))
    if (aliases !== undefined) showDetails(current, all, healths, chosen ?? all, aliases)
  }

  const showDetails = (
    days: TrafficAnswer,
    all: Outcome<QualityAnswer>,
    healths: Outcome<readonly SourceRow[]>,
    chosen: Outcome<QualityAnswer>,
    aliases: Outcome<readonly AliasRow[]>,
  ) => {
    const ids = idsOf(all, healths)
    sources.show(healths)
    quality.show(chosen, ids)
    // What is being written must not be wiped, unless it has been sent.
    if (listed === '' || !names.isBeingWritten())
      names.show(
        mapped(all, ({ unknown_names: unknown }) => unknown),
        aliases,
      )
    const view = `${days.from} ${days.to}`
    if (listed === view) return
    listed = view
    void quarantine.show(days, all.kind === 'ok' ? all.value : undefined, ids)
  }

  return {
    /** Stands at the top of every view. */
    trust: trust.root,
    root,
    show(answer: TrafficAnswer) {
      const isSame = traffic?.from === answer.from && traffic.to === answer.to
      traffic = answer
      // The report on quality costs more than figures, and the sentence seldom changes.
      if (isSame && root.hidden && performance.now() - askedAt < calmMs) return
      void load()
    },
    open() {
      root.hidden = false
      listed = ''
      void load()
    },
    close() {
      root.hidden = true
    },
  }
}

const mapped = <T, V>(outcome: Outcome<T>, of: (value: T) => V): Outcome<V> =>
  outcome.kind === 'ok' ? { kind: 'ok', value: of(outcome.value) } : outcome

/** Every source that is registered or has sent something. */
function idsOf(quality: Outcome<QualityAnswer>, sources: Outcome<readonly SourceRow[]>): readonly string[] {
  const sent = quality.kind === 'ok' ? quality.value.sources.map(({ source }) => source) : []
  const known = sources.kind === 'ok' ? sources.value.map(({ id }) => id) : []
  return [...new Set([...sent, ...known])].sort()
}
