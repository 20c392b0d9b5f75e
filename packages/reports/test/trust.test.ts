import { describe, expect, test } from 'vitest'
import type { SourceRow } from '../src/answers.ts'
import { type Evidence, trustOf } from '../src/trust.ts'
import { qualityOf, sourceOf, trafficOf } from './builders.ts'

const traffic = trafficOf()

const judged = (change: Parameters<typeof qualityOf>[0], sources: readonly SourceRow[] = [], about = traffic) =>
  trustOf({ traffic: about, quality: { kind: 'ok', value: qualityOf(change) }, sources: { kind: 'ok', value: sources } })

const arrived = (received: number, quarantined: number) => ({
  totals: { received, accepted: received - quarantined, duplicate: 0, quarantined, rejected: 0, replayed: 0 },
})

const noDelays = { live: 0, day: 0, week: 0, too_late: 0 }

describe('a sentence for someone who decides by the numbers', () => {
  test.each([
    {
      name: 'nothing aside',
      given: judged(arrived(1000, 0)),
      level: 'good',
      says: 'You can trust these numbers: every event received is accounted for, and none had to be kept aside.',
    },
    {
      name: 'too little aside to matter',
      given: judged(arrived(1000, 4)),
      level: 'good',
      says: 'You can trust these numbers: every event received is accounted for, and only 0.4% had to be kept aside.',
    },
    {
      name: 'enough aside to look',
      given: judged(arrived(1000, 5)),
      level: 'care',
      says: 'Use these numbers with care: 5 events (0.5%) could not be read and are in none of them.',
    },
    {
      name: 'so much aside that figures are wrong',
      given: judged(arrived(1000, 50)),
      level: 'bad',
      says: 'Do not rely on these numbers yet: 50 events (5%) could not be read and are in none of them.',
    },
    {
      name: 'nothing arrived',
      given: judged({ ...arrived(0, 0), late: noDelays }),
      level: 'good',
      says: 'Nothing arrived in these days, and no source is missing.',
    },
    {
      name: 'nothing arrived because a source is silent',
      given: judged({ ...arrived(0, 0), late: noDelays }, [sourceOf({ status: 'silent' })]),
      level: 'bad',
      says: 'Do not rely on these numbers yet: source till-paris is silent since 21 Nov 2026, 18:00.',
    },
    {
      name: 'a source that breaks down',
      given: judged(arrived(1000, 0), [sourceOf(), sourceOf({ id: '', status: 'collapsing' })]),
      level: 'bad',
      says: 'Do not rely on these numbers yet: source (no source named) sends far fewer events than usual.',
    },
    {
      name: 'a rate is missing',
      given: judged(arrived(1000, 0), [], { ...traffic, excluded: { ...traffic.excluded, orders_without_rate: 1 } }),
      level: 'care',
      says: 'Use these numbers with care: revenue lacks 1 order without an exchange rate.',
    },
    {
      name: 'names that nobody knows',
      given: judged({ ...arrived(1000, 0), flags: [{ flag: 'unrecognized', events: 900 }] }),
      level: 'care',
      says: 'Use these numbers with care: 900 events have names that no report knows.',
    },
    {
      name: 'the account is wrong',
      given: judged(arrived(1000, 0), [], { ...traffic, verdicts: { ...traffic.verdicts, received: 1 } }),
      level: 'bad',
      says: 'Do not rely on these numbers yet: the account of events does not add up.',
    },
  ])('$name', ({ given, level, says }) => expect(given).toEqual({ level, sentence: says, more: [] }))

  test('what may be quite right is told, and does not make the numbers worse', () => {
    const late = { ...noDelays, too_late: 5 }
    expect(judged({ ...arrived(1000, 0), late, currency: { own: 0, default: 700 } })).toEqual({
      level: 'good',
      sentence: 'You can trust these numbers: every event received is accounted for, and none had to be kept aside.',
      more: ['700 events with an amount named no currency: the default one was taken.', '5 events came more than a week late.'],
    })
    expect(judged({ ...arrived(1000, 0), late: { ...late, too_late: 4 } }).more).toEqual([])
  })

  test('the worst stands first, and the rest below it', () => {
    expect(judged(arrived(1000, 10), [sourceOf({ status: 'silent', last_seen: null })])).toEqual({
      level: 'bad',
      sentence: 'Do not rely on these numbers yet: source till-paris is silent.',
      more: ['10 events (1%) could not be read and are in none of them.'],
    })
  })

  test.each(['quality', 'sources'] as const)('without the answer about %s nothing is claimed', (missing) => {
    const evidence: Evidence = {
      traffic,
      quality: { kind: 'ok', value: qualityOf() },
      sources: { kind: 'ok', value: [] },
      [missing]: { kind: 'failed', sentence: 'It took too long.' },
    }
    expect(trustOf(evidence)).toEqual({
      level: 'unknown',
      sentence: 'Whether these numbers can be trusted cannot be told just now. It took too long.',
      more: [],
    })
  })
})
