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
  ])('is read with $name, which is left out', ({ more }) => {
    const decision = { analytics: 'granted', marketing: 'denied', record_id: 'r-1' }
    expect(JSON.parse(JSON.stringify(v.parse(ConsentSnapshot, { ...decision, ...more })))).toEqual(decision)
  })

  test.each([
    { name: 'a purpose in a state that is none', snapshot: { analytics: 'granted', marketing: 'yes' } },
    { name: 'a decision that cannot be named', snapshot: { analytics: 'granted', record_id: 'x'.repeat(65) } },
  ])('with $name is none', ({ snapshot }) => {
    expect(v.is(ConsentSnapshot, snapshot)).toBe(false)
  })
})
