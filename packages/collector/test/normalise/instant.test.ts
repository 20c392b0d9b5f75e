import { expect, test } from 'vitest'
import { readInstant } from '../../src/normalise/instant.ts'

test.each([
  ['2026-11-21T18:00:00Z', '2026-11-21T18:00:00.000Z'],
  ['2026-11-21T18:00:00.123456Z', '2026-11-21T18:00:00.123Z'],
  ['2026-11-21T19:00:00+01:00', '2026-11-21T18:00:00.000Z'],
  ['2026-11-21T19:00:00+0100', '2026-11-21T18:00:00.000Z'],
  ['2026-11-21T14:30-03:30', '2026-11-21T18:00:00.000Z'],
  ['2026-11-21 18:00:00,5 UTC', '2026-11-21T18:00:00.500Z'],
])('%s is %s', (text, iso) => {
  expect(new Date(readInstant(text) ?? Number.NaN).toISOString()).toBe(iso)
})

test.each([
  '2026-02-30T00:00:00Z',
  '2026-11-21T25:00:00Z',
  '2026-11-21T18:00:60Z',
  '2026-11-21T18:00:00',
  '2026-11-21',
  '21/11/2026 18:00',
  '2026-11-21T18:00:00+15:00',
  '2026-11-21T18:00:00 CET',
  'yesterday',
  '',
])('%s has more than one reading, or none', (text) => {
  expect(readInstant(text)).toBeNull()
})
