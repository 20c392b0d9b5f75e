import { expect, test } from 'vitest'
import { readTime } from '../../src/ingest/read-time.ts'
import { createNotes } from '../../src/normalise/notes.ts'

const receivedAt = Date.UTC(2026, 10, 21, 18)
const at = receivedAt - 10_000

function read(occurredAt: number | string, sentAt: number | null = null, ageMs?: number, isServer = true) {
  const notes = createNotes()
  const envelope = { occurred_at: occurredAt, ...(ageMs !== undefined && { age_ms: ageMs }) }
  return { time: readTime(envelope, { receivedAt, sentAt, isServer }, notes), ...notes }
}

test.each([
  ['a number of milliseconds', at],
  ['ISO 8601', '2026-11-21T17:59:50Z'],
  ['ISO 8601 with an offset', '2026-11-21T18:59:50.000+01:00'],
  ['RFC 9557', '2026-11-21T18:59:50+01:00[Europe/Paris]'],
])('%s is read without a repair', (_, given) => {
  expect(read(given)).toMatchObject({ time: { occurredAt: at, reason: null }, repairs: [] })
})

test.each([
  ['DT-EPOCH-MAGNITUDE', at / 1000],
  ['DT-EPOCH-MAGNITUDE', at * 1000],
  ['DT-EPOCH-MAGNITUDE', at * 1_000_000],
  ['DT-EPOCH-MAGNITUDE', String(at)],
  ['DT-RFC2822', 'Sat, 21 Nov 2026 17:59:50 GMT'],
  ['DT-UNIX-DATE', 'Sat Nov 21 17:59:50 UTC 2026'],
  ['DT-MSJSON', `/Date(${at})/`],
])('what was read by %s is on record: %s', (rule, given) => {
  expect(read(given)).toMatchObject({
    time: { occurredAt: at, reason: null },
    repairs: [{ field: 'occurred_at', from: given, to: '2026-11-21T17:59:50.000Z', rule }],
  })
})

test('a time without seconds is on record', () => {
  expect(read('2026-11-21T17:59Z').repairs).toEqual([
    { field: 'occurred_at', from: '2026-11-21T17:59Z', to: '2026-11-21T17:59:00.000Z', rule: 'DT-ISO-ZONED' },
  ])
})

test('the repair tells what was read, before the clock is corrected', () => {
  const { time, repairs } = read(at / 1000 + 3600, receivedAt + 3_600_000)
  expect(time).toMatchObject({ occurredAt: at, reason: 'clock_skew' })
  expect(repairs).toMatchObject([{ to: '2026-11-21T18:59:50.000Z' }])
})

test.each([
  ['DT-LOCAL-NOZONE', '2026-11-21T17:59:50', 'more than one reading'],
  ['DT-DATE-NOZONE', '2026-11-20', 'more than one reading'],
  ['DT-NUM-ORDER', '11/10/2026 17:59', 'more than one reading'],
  ['DT-ZONE-ABBR', '2026-11-21 18:59:50 CET', 'more than one reading'],
  ['DT-CALENDAR', '2026-02-30T00:00:00Z', 'no date and time'],
  ['DT-RELATIVE', 'yesterday', 'no date and time'],
])('what cannot be read is a fault that names %s and does not quote it: %s', (rule, given, says) => {
  const { time } = read(given)
  expect(time).toMatchObject({ kind: 'fault', code: 'bad_time' })
  expect(time).toHaveProperty('detail', expect.stringContaining(`${says} (${rule})`))
  expect(time).toHaveProperty('detail', expect.not.stringContaining(given))
})

test('what a source is known to write is read by its configuration', () => {
  const notes = createNotes()
  const clocks = { receivedAt, sentAt: null, isServer: true }
  const time = readTime({ occurred_at: '21/11/2026 18:59:50' }, clocks, notes, { tz: 'Europe/Paris', dateOrder: 'DMY' })
  expect(time).toMatchObject({ occurredAt: at })
  expect(notes.repairs).toMatchObject([{ rule: 'DT-NUM-OVER12' }])
})

// Its milliseconds look like today's seconds, but so do those of `sent_at`.
test('a clock that stands in 1970 counts milliseconds', () => {
  const { time, repairs } = read(1_795_284_000, 1_795_294_000)
  expect(time).toMatchObject({ occurredAt: at, reason: 'clock_skew', flags: ['bad_clock'] })
  expect(repairs).toEqual([])
})

test('a clock that stands in 1970 is corrected in text as well', () => {
  expect(read('1970-01-01T00:00:05Z', 15_000).time).toMatchObject({ occurredAt: at, flags: ['bad_clock'] })
  expect(read('1970-01-01T00:00:05Z').time).toMatchObject({ kind: 'fault', detail: expect.stringContaining('DT-RANGE') })
})

test('only a server may write history', () => {
  const old = receivedAt - 8 * 24 * 3_600_000
  expect(read(old, null, undefined, false).time).toMatchObject({ kind: 'fault', code: 'too_late' })
  expect(read(old).flags).toEqual(new Set(['too_late']))
})
