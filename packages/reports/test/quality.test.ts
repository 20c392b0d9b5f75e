import { describe, expect, test } from 'vitest'
import { identityOf, sumDays } from '../src/quality.ts'
import { readPatch, whatBecame } from '../src/quarantine.ts'
import { inSlices } from '../src/slices.ts'
import { adviceFor, subjectOfRule, wordsOf } from '../src/words.ts'
import { qualityOf } from './builders.ts'

describe('the account, day by day', () => {
  test('sources are put together, and days stand in the order of the calendar', () => {
    const days = sumDays(qualityOf().days.toReversed())
    expect(days.map(({ day, received, accepted }) => [day, received, accepted])).toEqual([
      ['2026-11-20', 1000, 990],
      ['2026-11-21', 2095, 2080],
    ])
    expect(identityOf(days)).toContain('on every day')
  })

  test('a day that does not add up is named', () => {
    const days = sumDays(qualityOf().days).map((day) => (day.day === '2026-11-20' ? { ...day, received: 1001 } : day))
    expect(identityOf(days)).toBe('Does not add up on 20 Nov. This must not happen: please report it.')
  })
})

describe('long work', () => {
  const slice = (looked_at: number, next: string | null) => ({ kind: 'ok', value: { looked_at, next } }) as const

  test('is asked for until nothing is left, and summed up', async () => {
    const cursors: (string | undefined)[] = []
    const heard: unknown[] = []
    const answers = [slice(500, 'a'), slice(500, 'b'), slice(3, null)]
    const ask = async (cursor: string | undefined) => {
      cursors.push(cursor)
      return answers.shift() ?? slice(0, null)
    }
    const outcome = await inSlices(ask, (sums) => heard.push(sums.looked_at))
    expect(outcome).toEqual({ kind: 'ok', value: { looked_at: 1003 } })
    expect(cursors).toEqual([undefined, 'a', 'b'])
    expect(heard).toEqual([500, 1000, 1003])
  })

  test.each([
    { name: 'fails', second: { kind: 'failed', sentence: 'The store is busy.' } as const, expect: 'The store is busy.' },
    { name: 'does not move on', second: slice(0, 'a'), expect: 'The collector did not move on. Try again.' },
  ])('ends where it $name', async ({ second, expect: sentence }) => {
    const answers = [slice(500, 'a'), second]
    const ask = async () => answers.shift() ?? slice(0, null)
    expect(await inSlices<{ looked_at: number; next: string | null }>(ask, () => {})).toEqual({ kind: 'failed', sentence })
  })
})

test.each([
  { text: ' ', expect: undefined },
  { text: '{"a":null}', expect: { a: null } },
  { text: '[]', expect: null },
  { text: 'null', expect: null },
  { text: '1', expect: null },
  { text: '{', expect: null },
])('a patch is an object: $text', ({ text, expect: wanted }) => expect(readPatch(text)).toEqual(wanted))

test.each([
  { sums: { looked_at: 0 }, problems: [], expect: '0 events replayed.' },
  {
    sums: { looked_at: 6, accepted: 1, duplicate: 2, rejected: 1, quarantined: 2 },
    problems: [{ key: 'a1', code: 'bad_time', detail: 'No date.' }],
    expect: '6 events replayed: 1 accepted, 2 known already, 1 refused, 2 still not readable. The first of them: No date.',
  },
])('what became of a replay: $expect', ({ sums, problems, expect: wanted }) => expect(whatBecame(sums, problems)).toBe(wanted))

test.each([
  { rule: 'DT-LOCAL-NOZONE', expect: 'time zone' },
  { rule: 'DT-DST-OVERLAP', expect: 'time zone' },
  { rule: 'DT-NUM-ORDER', expect: 'day, month and year' },
  { rule: 'DT-EPOCH-MAGNITUDE', expect: 'counts time' },
  { rule: 'MN-NOCURRENCY', expect: 'a currency' },
  { rule: 'MN-THREE', expect: 'a locale' },
  { rule: null, expect: 'Mend the event below' },
])('what to do about $rule', ({ rule, expect: wanted }) => expect(adviceFor(rule)).toContain(wanted))

test('codes and rules that this page has never heard of are shown as they are', () => {
  expect(wordsOf('some_new_code')).toBe('Some new code')
  expect(subjectOfRule('ZZ-NEW')).toBe('Other')
})
