import { catalogue } from '@footfall/events'
import { expect, test } from 'vitest'
import { createNotes } from '../../src/normalise/notes.ts'
import { checkShapes, shapeOf } from '../../src/normalise/properties.ts'

const entries = catalogue.get('cart_abandoned')?.properties.entries ?? {}
const shape = shapeOf(entries)

function read(value: unknown) {
  const notes = createNotes()
  const properties: Record<string, unknown> = { cart_id: 'c-1', last_activity_at: value }
  const fault = checkShapes(shape, properties, notes)
  return { fault, stored: properties.last_activity_at, repairs: notes.repairs }
}

test('a moment in UTC is kept as it stands', () => {
  expect(read('2026-11-21T18:00:00.456Z')).toEqual({ fault: null, stored: '2026-11-21T18:00:00.456Z', repairs: [] })
})

test.each([
  ['2026-11-21T19:00:00+01:00', 'DT-ISO-ZONED'],
  ['Sat, 21 Nov 2026 18:00:00 GMT', 'DT-RFC2822'],
  [1795284000000, 'DT-EPOCH-MAGNITUDE'],
])('a moment written as %s becomes UTC, on record', (given, rule) => {
  const stored = '2026-11-21T18:00:00.000Z'
  const repairs = [{ field: 'properties.last_activity_at', from: given, to: stored, rule }]
  expect(read(given)).toEqual({ fault: null, stored, repairs })
})

test.each([
  ['2026-02-30T18:00:00.000Z', 'DT-CALENDAR'],
  ['2026-11-21T18:00:00', 'DT-LOCAL-NOZONE'],
])('a required moment that cannot be read is a fault that names the rule: %s', (given, rule) => {
  expect(read(given).fault).toMatchObject({ code: 'bad_property', detail: expect.stringContaining(rule) })
})

test('an optional moment that cannot be read becomes null, with a flag and the rule', () => {
  const notes = createNotes()
  const properties: Record<string, unknown> = { last_activity_at: '03/04/2026' }
  const optional = { ...shape, fields: shape.fields.map((field) => ({ ...field, isRequired: false })) }
  expect(checkShapes(optional, properties, notes)).toBeNull()
  expect(properties.last_activity_at).toBeNull()
  expect([...notes.flags]).toEqual(['bad_property'])
  expect(notes.repairs).toEqual([{ field: 'properties.last_activity_at', from: '03/04/2026', to: null, rule: 'DT-NUM-ORDER' }])
})

test('is read by what is known about its source', () => {
  const properties: Record<string, unknown> = { cart_id: 'c-1', last_activity_at: '03/04/2026 10:15' }
  const notes = createNotes()
  expect(checkShapes(shape, properties, notes, { tz: 'Europe/Paris', dateOrder: 'DMY' })).toBeNull()
  expect(properties.last_activity_at).toBe('2026-04-03T08:15:00.000Z')
})
