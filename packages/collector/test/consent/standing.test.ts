import { describe, expect, test } from 'vitest'
import type { Claim } from '../../src/consent/decision.ts'
import type { LastWord, RecordSummary } from '../../src/consent/ledger.ts'
import { type Facts, refusalsOf } from '../../src/consent/standing.ts'

const now = Date.UTC(2026, 10, 22)
const day = 24 * 60 * 60 * 1000
/** Some milliseconds into the day before. */
const at = (ms: number): number => now - day + ms
const all = 7
const marketing = 4

const summary = (differs: Partial<RecordSummary> = {}): RecordSummary => ({
  denied: 0,
  granted: all,
  isExplicit: true,
  isOwned: true,
  decidedAt: now - day,
  receivedAt: now - day,
  position: 1,
  validUntil: null,
  ...differs,
})

const word = (differs: Partial<LastWord> = {}): LastWord => ({
  voice: 'device',
  purpose: 'analytics',
  state: 'granted',
  decidedAt: now - day,
  position: 1,
  recordId: 'r',
  deniedAt: 0,
  deniedPosition: 0,
  ...differs,
})
const denial = (differs: Partial<LastWord> = {}): LastWord => {
  const { decidedAt, position } = word(differs)
  return word({ state: 'denied', deniedAt: decidedAt, deniedPosition: position, ...differs })
}

const granted: Claim['states'] = { analytics: 'granted', personalization: 'granted', marketing: 'granted' }

interface Row {
  readonly name: string
  readonly states?: Claim['states'] | null
  readonly recordId?: string | null
  /** As the event says. */
  readonly decidedAt?: number | null
  readonly record?: RecordSummary | null
  readonly isOwn?: boolean
  readonly device?: readonly LastWord[]
  readonly person?: readonly LastWord[]
  readonly dead?: readonly string[]
  /** Of events that need analytics, and marketing. */
  readonly expect: readonly [analytics: string | null, marketing: string | null]
}

const missing = 'consent_missing'
const withdrawn = 'consent_withdrawn'
const expired = 'consent_expired'

describe('why an event is refused', () => {
  test.each<Row>([
    { name: 'granted, and nobody says otherwise', record: null, expect: [null, null] },
    { name: 'granted, and told of', expect: [null, null] },
    { name: 'no snapshot', states: null, record: null, expect: [missing, missing] },
    { name: 'unknown or not mentioned', states: { analytics: 'unknown' }, expect: [missing, missing] },
    { name: 'denied', states: { analytics: 'granted', marketing: 'denied' }, expect: [null, missing] },
    { name: 'no consent required', states: { analytics: 'not_required', marketing: 'not_required' }, expect: [null, null] },
    {
      name: 'no consent required under a record that is about something else',
      states: { analytics: 'not_required' },
      record: summary({ granted: 0, denied: marketing }),
      expect: [null, missing],
    },
    { name: 'the record is dead for a purpose', record: summary({ denied: marketing }), expect: [null, withdrawn] },
    {
      name: 'the record is dead, whatever it granted again',
      record: summary({ denied: all, granted: all }),
      expect: [withdrawn, withdrawn],
    },
    {
      name: 'an objection',
      states: { analytics: 'not_required' },
      record: summary({ denied: all, granted: 0 }),
      expect: [withdrawn, missing],
    },
    { name: 'somebody else’s record', isOwn: false, expect: [missing, missing] },
    { name: 'a record that was told of as nobody’s', record: summary({ isOwned: false }), isOwn: false, expect: [null, null] },
    { name: 'a record that grants less than the snapshot claims', record: summary({ granted: 1 }), expect: [null, missing] },
    {
      name: 'a record only cited so far',
      record: summary({ isExplicit: false, isOwned: false, granted: 0 }),
      isOwn: false,
      expect: [null, null],
    },
    { name: 'thirteen months old', record: summary({ receivedAt: now - 396 * day }), expect: [null, null] },
    { name: 'older than thirteen months', record: summary({ receivedAt: now - 396 * day - 1 }), expect: [expired, expired] },
    { name: 'old by the device’s clock only', record: summary({ decidedAt: 0 }), expect: [null, null] },
    { name: 'at its own end', record: summary({ validUntil: now }), expect: [null, null] },
    { name: 'past its own end', record: summary({ validUntil: now - 1 }), expect: [expired, expired] },
    { name: 'dead and old: taken back is said', record: summary({ denied: all, receivedAt: 0 }), expect: [withdrawn, withdrawn] },
    { name: 'the visitor’s last word is no', record: null, device: [denial()], expect: [withdrawn, null] },
    { name: 'the last word is yes', record: null, device: [word()], expect: [null, null] },
    {
      name: 'the newest counts, not the one entered last',
      record: null,
      device: [denial({ decidedAt: 5, position: 9 }), word({ voice: 'person', decidedAt: 6, position: 2 })],
      expect: [null, null],
    },
    {
      name: 'of two at the same time the later entered',
      record: null,
      device: [word({ position: 3 }), denial({ voice: 'person', position: 4 })],
      expect: [withdrawn, null],
    },
    {
      name: 'the user’s no, whatever the device said since',
      device: [word({ decidedAt: now })],
      person: [denial({ voice: 'person', decidedAt: 1 })],
      record: null,
      expect: [withdrawn, null],
    },
    {
      name: 'yes by a record that is dead by now',
      record: null,
      device: [word({ recordId: 'old' })],
      dead: ['old'],
      expect: [withdrawn, null],
    },
    {
      name: 'granted anew, but the event cites what came before the denial',
      record: summary({ decidedAt: 1, position: 1 }),
      device: [word({ decidedAt: 3, position: 3, deniedAt: 2, deniedPosition: 2 })],
      expect: [withdrawn, null],
    },
    {
      name: 'granted anew, and the event cites that',
      record: summary({ decidedAt: 3, position: 3 }),
      device: [word({ decidedAt: 3, position: 3, deniedAt: 2, deniedPosition: 2 })],
      expect: [null, null],
    },
    {
      name: 'a decision nobody told of, newer than the visitor’s no',
      record: null,
      decidedAt: at(3),
      device: [denial({ decidedAt: at(2) })],
      expect: [null, null],
    },
    {
      name: 'in the same millisecond the one received later counts, which is what the ledger does not know yet',
      record: null,
      decidedAt: at(2),
      device: [denial({ decidedAt: at(2), position: 9 })],
      expect: [null, null],
    },
    {
      name: 'in the same millisecond, but cited before the no was entered',
      record: summary({ isExplicit: false, isOwned: false, decidedAt: at(2), position: 8 }),
      decidedAt: at(2),
      device: [denial({ decidedAt: at(2), position: 9 })],
      expect: [withdrawn, null],
    },
    {
      name: 'newer, but no decision: nothing had to be asked',
      states: { analytics: 'not_required' },
      record: null,
      decidedAt: at(3),
      device: [denial({ decidedAt: at(2) })],
      expect: [withdrawn, missing],
    },
    {
      name: 'newer, but under no record',
      recordId: null,
      record: null,
      decidedAt: at(3),
      device: [denial({ decidedAt: at(2) })],
      expect: [withdrawn, null],
    },
    {
      name: 'newer than what a server said about the user, by the page’s own word',
      record: null,
      decidedAt: at(3),
      person: [denial({ voice: 'person', decidedAt: at(2) })],
      expect: [withdrawn, null],
    },
    {
      name: 'a decision nobody told of, from before a denial that was taken back since',
      record: null,
      decidedAt: at(1),
      device: [word({ decidedAt: at(3), position: 3, deniedAt: at(2), deniedPosition: 2 })],
      expect: [withdrawn, null],
    },
    {
      name: 'the same about the user',
      record: null,
      decidedAt: at(1),
      person: [word({ voice: 'person', decidedAt: at(3), position: 3, deniedAt: at(2), deniedPosition: 2 })],
      expect: [withdrawn, null],
    },
    {
      name: 'a decision nobody told of, as old as can be and older',
      record: null,
      decidedAt: now - 396 * day,
      expect: [null, null],
    },
    { name: 'one that is too old', record: null, decidedAt: now - 396 * day - 1, expect: [expired, expired] },
    {
      name: 'one that is too old, cited once more',
      record: summary({ isExplicit: false, isOwned: false, decidedAt: now - 397 * day }),
      expect: [expired, expired],
    },
    {
      name: 'granted anew in the millisecond of the denial',
      record: summary({ decidedAt: 2, position: 3 }),
      device: [word({ decidedAt: 2, position: 3, deniedAt: 2, deniedPosition: 2 })],
      expect: [null, null],
    },
  ])(
    '$name',
    ({
      states = granted,
      recordId = 'r',
      decidedAt = null,
      record = summary(),
      isOwn = true,
      device = [],
      person = [],
      dead = [],
      expect: expected,
    }) => {
      const facts: Facts = { record, isOwn, words: { device, person }, deniedOf: (id) => (dead.includes(id) ? all : 0) }
      const claim: Claim | null =
        states === null ? null : { recordId, states, decidedAt, version: null, source: null, voice: 'device', region: null }
      const refusals = refusalsOf(claim, facts, now)
      expect([refusals.analytics?.code ?? null, refusals.marketing?.code ?? null]).toEqual(expected)
    },
  )
})
