import { Envelope, limits } from '@footfall/events'
import * as v from 'valibot'
import { expect, test } from 'vitest'

const least = { id: '0198f3a0-7c1e-7d3a-9b2f-3f6c1a2b3c4d', name: 'quiz_finished' }

test('an event needs an id and a name and nothing else', () => {
  expect(v.parse(Envelope, least)).toEqual({ ...least, properties: {} })
})

test.each([
  { name: 'an id that is no UUID', given: { id: '17' } },
  { name: 'an empty name', given: { name: '' } },
  { name: 'a name beyond the limit', given: { name: 'x'.repeat(limits.maxNameLength + 1) } },
  { name: 'a sequence number before the first', given: { seq: 0 } },
  { name: 'a negative age', given: { age_ms: -1 } },
  { name: 'an identity beyond the limit', given: { anonymous_id: 'x'.repeat(limits.maxIdLength + 1) } },
  { name: 'a session without an id', given: { session: { index: 1 } } },
  { name: 'a page without an address', given: { page: { title: 'Tea' } } },
  { name: 'a consent that is a word', given: { consent: 'granted' } },
  { name: 'properties that are a list', given: { properties: [1] } },
])('an event is refused with $name', ({ given }) => {
  expect(v.is(Envelope, { ...least, ...given })).toBe(false)
})

test.each(['anonymous_id', 'user_id', 'traits', 'session', 'page', 'consent', 'channel', 'source'])(
  '%s may be null, as servers write it',
  (field) => {
    expect(v.is(Envelope, { ...least, [field]: null })).toBe(true)
  },
)

test('a page of a kind that is not told is another page', () => {
  expect(v.parse(Envelope, { ...least, page: { url: 'https://shop.example/' } }).page).toEqual({
    url: 'https://shop.example/',
    type: 'other',
  })
})
