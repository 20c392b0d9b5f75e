import type { ConsentPurpose, ConsentSnapshot } from '@footfall/events'
import { maxConsentAgeMs } from '@footfall/events/limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { standing } from '../../src/consent/standing.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const day = 24 * 60 * 60 * 1000
const all = { analytics: 'granted', personalization: 'granted', marketing: 'granted', sale_of_data: 'granted' } as const
const decision = (differs: ConsentSnapshot = {}): ConsentSnapshot => ({
  ...all,
  record_id: 'r',
  decided_at: now - day,
  version: '1',
  source: 'banner',
  ...differs,
})

interface Case {
  readonly name: string
  readonly stored?: ConsentSnapshot
  readonly policyVersion?: string
  readonly optOut?: readonly ConsentPurpose[]
  readonly hasGpc?: boolean
  readonly consent: ConsentSnapshot
  readonly reason: string
}
const cases: readonly Case[] = [
  { name: 'nothing decided', consent: {}, reason: 'undecided' },
  { name: 'a decision holds', stored: decision(), consent: all, reason: 'banner' },
  { name: 'a decision of nobody in particular', stored: decision({ source: undefined }), consent: all, reason: 'api' },
  { name: 'the text is the same', stored: decision(), policyVersion: '1', consent: all, reason: 'banner' },
  { name: 'the text has changed', stored: decision(), policyVersion: '2', consent: {}, reason: 'version' },
  {
    name: 'nearly six months old',
    stored: decision({ decided_at: now - maxConsentAgeMs + 1 }),
    consent: all,
    reason: 'banner',
  },
  { name: 'six months old', stored: decision({ decided_at: now - maxConsentAgeMs }), consent: {}, reason: 'expired' },
  {
    name: 'far in the future, as after a clock was set back',
    stored: decision({ decided_at: now + maxConsentAgeMs }),
    consent: {},
    reason: 'expired',
  },
  { name: 'of no age: it is no decision', stored: decision({ decided_at: undefined }), consent: {}, reason: 'undecided' },
  {
    name: 'of an age that is no number',
    stored: decision({ decided_at: 'yesterday' as never }),
    consent: {},
    reason: 'expired',
  },
  {
    name: 'a refusal is asked again after six months, too',
    stored: decision({ analytics: 'denied', decided_at: now - maxConsentAgeMs }),
    consent: {},
    reason: 'expired',
  },
  {
    name: 'a region where nothing need be asked',
    optOut: ['analytics', 'marketing'],
    consent: { analytics: 'not_required', marketing: 'not_required' },
    reason: 'region',
  },
  {
    name: 'an objection in such a region',
    stored: { ...decision(), analytics: 'denied', marketing: undefined },
    optOut: ['analytics', 'marketing'],
    consent: { ...all, analytics: 'denied', marketing: 'not_required' },
    reason: 'banner',
  },
  {
    name: 'the signal, nothing decided',
    hasGpc: true,
    consent: { marketing: 'denied', sale_of_data: 'denied' },
    reason: 'gpc',
  },
  {
    name: 'the signal is stronger than a grant, for what it is about',
    stored: decision(),
    hasGpc: true,
    consent: { ...all, marketing: 'denied', sale_of_data: 'denied' },
    reason: 'banner',
  },
  {
    name: 'the signal is stronger than the region',
    optOut: ['analytics', 'marketing'],
    hasGpc: true,
    consent: { analytics: 'not_required', marketing: 'denied', sale_of_data: 'denied' },
    reason: 'region',
  },
  {
    name: 'what has expired does not hide what the region says',
    stored: decision({ decided_at: 1 }),
    optOut: ['analytics'],
    consent: { analytics: 'not_required' },
    reason: 'expired',
  },
]

describe('how consent stands', () => {
  test.each(cases)('$name: $reason', ({ stored = {}, policyVersion, optOut, hasGpc, consent, reason }) => {
    const [decided, counts, why] = standing(stored, policyVersion, optOut, hasGpc, now)
    const { record_id, decided_at, version, source, ...states } = counts
    expect(Object.fromEntries(Object.entries(states).filter(([, state]) => state))).toEqual(consent)
    expect(why).toBe(reason)
    expect(decided).toEqual(['expired', 'version', 'undecided'].includes(reason) ? {} : stored)
  })
})

test('whatever stands on the device: nothing is granted that was not, and nothing under the signal that it is about', () => {
  const any = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.array(fc.integer()))
  const anything = fc.oneof(fc.constantFrom('granted', 'denied', 'unknown', 'not_required'), any)
  const anySnapshot = fc.record(
    { analytics: anything, marketing: anything, sale_of_data: anything, decided_at: any, version: any },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(anySnapshot, fc.boolean(), fc.option(fc.string(), { nil: undefined }), (stored, hasGpc, version) => {
      const [, consent] = standing(stored as ConsentSnapshot, version, undefined, hasGpc, now)
      for (const purpose of ['analytics', 'marketing', 'sale_of_data'] as const) {
        if (consent[purpose] === 'granted') expect(stored[purpose]).toBe('granted')
      }
      if (hasGpc) expect([consent.marketing, consent.sale_of_data]).toEqual(['denied', 'denied'])
    }),
  )
})
