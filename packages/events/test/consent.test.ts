import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ConsentSnapshot } from '../src/index.ts'

describe('a snapshot', () => {
  test.each([
    { name: 'a version that is too long', more: { version: 'sha512-'.padEnd(65, 'a') } },
    { name: 'a version that is none', more: { version: { major: 1 } } },
    { name: 'a source that is no text', more: { source: 5 } },
    { name: 'a source that is too long', more: { source: 'x'.repeat(65) } },
    { name: 'no time', more: { decided_at: null } },
    { name: 'a time as text', more: { decided_at: 'yesterday' } },
    { name: 'a version of null', more: { version: null } },
  ])('is read with $name, which is left out', ({ more }) => {
    const decision = { analytics: 'granted', marketing: 'denied', record_id: 'r-1' }
    expect(JSON.parse(JSON.stringify(v.parse(ConsentSnapshot, { ...decision, ...more })))).toEqual(decision)
  })

  test.each(['withdrawn', 'expired', 'yes', '', null, false, true, 1, {}])(
    'says of a purpose in the state %j that it is unknown, and of the others what it said',
    (state) => {
      expect(v.parse(ConsentSnapshot, { analytics: 'granted', marketing: state })).toEqual({
        analytics: 'granted',
        marketing: 'unknown',
      })
      expect(v.parse(ConsentSnapshot, { analytics: state, marketing: 'denied' })).toEqual({
        analytics: 'unknown',
        marketing: 'denied',
      })
    },
  )

  test('whose decision is null names none', () => {
    expect(v.parse(ConsentSnapshot, { analytics: 'granted', record_id: null }).record_id).toBeUndefined()
  })

  test.each(['x'.repeat(65), 7, {}, false])('whose decision cannot be named is none: %j', (record_id) => {
    expect(v.is(ConsentSnapshot, { analytics: 'granted', record_id })).toBe(false)
  })
})
