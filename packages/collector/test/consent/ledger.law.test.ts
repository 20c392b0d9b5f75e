import { decisionPurposes, purposeOf } from '@footfall/events'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkChain, type Link } from '../../src/consent/chain.ts'
import { type Decision, hasPurpose, isAnonymous, purposesIn, type States } from '../../src/consent/decision.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { Delivery, Fate, SinkRecord } from '../../src/sinks/sink.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { createRead } from '../../src/sinks/sqlite/read.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { claimOf, delivery, eventRecord, hashOf, noon, project, utcDays } from '../sinks/sink.contract.ts'
import { temporaryFolder } from '../start-collector.ts'

const recordIds = ['r-1', 'r-2', 'r-3']
const people = ['a', 'b']
const anyState = fc.constantFrom('granted' as const, 'denied' as const, 'unknown' as const, 'not_required' as const)
const anyStates: fc.Arbitrary<States> = fc.record(
  Object.fromEntries(decisionPurposes.map((purpose) => [purpose, anyState])) as Record<
    (typeof decisionPurposes)[number],
    typeof anyState
  >,
  { requiredKeys: [] },
)
const oneOf = (items: readonly string[]) => fc.option(fc.constantFrom(...items), { nil: null, freq: 2 })

const anyContent = fc.record({
  recordId: fc.constantFrom(...recordIds),
  previousRecordId: oneOf(recordIds),
  subject: oneOf(people),
  isBinding: fc.boolean(),
  voice: fc.constantFrom('device' as const, 'person' as const),
  states: anyStates,
  decidedAt: fc.integer({ min: noon - 5, max: noon }),
  validUntil: fc.constant(null),
  version: fc.constantFrom('1', null),
  region: fc.constant(null),
  device: fc.constant('mobile'),
  about: fc.constant({}),
}) satisfies fc.Arbitrary<Omit<Decision, 'key'>>
const anyDecision: fc.Arbitrary<Decision> = anyContent.map((content) => ({ ...content, key: JSON.stringify(content) }))

type Sent = { readonly kind: 'decision'; readonly decision: Decision } | Event
interface Event {
  readonly kind: 'event'
  readonly name: string
  readonly anonymousId: string | null
  readonly userId: string | null
  readonly recordId: string | null
  readonly states: States
  readonly decidedAt: number | null
  readonly decision: Decision | null
}

const anyEvent: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('event' as const),
  name: fc.constantFrom('product_viewed', 'ad_viewed'),
  anonymousId: oneOf(people),
  userId: oneOf(people),
  recordId: oneOf(recordIds),
  states: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ analytics: 'granted', marketing: 'granted' } as const) },
    { weight: 1, arbitrary: anyStates },
  ),
  decidedAt: fc.option(fc.integer({ min: noon - 5, max: noon }), { nil: null }),
  decision: fc.constant(null),
})
const anyTelling: fc.Arbitrary<Event> = fc
  .tuple(anyEvent, anyDecision)
  .map(([event, decision]) => ({ ...event, name: 'consent_updated', decision }))
const anySent: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 3, arbitrary: anyEvent },
  { weight: 1, arbitrary: anyTelling },
  { weight: 1, arbitrary: anyDecision.map((decision) => ({ kind: 'decision' as const, decision })) },
)
// A decision by itself comes alone, as POST /v1/consent sends it.
const anyDelivery = fc.oneof(
  fc.array(fc.oneof({ weight: 3, arbitrary: anyEvent }, { weight: 1, arbitrary: anyTelling }), { minLength: 1, maxLength: 4 }),
  anySent.map((sent) => [sent]),
)

const recordOf = (sent: Sent): SinkRecord => {
  if (sent.kind === 'decision') return sent
  const { recordId, states, decidedAt, ...rest } = sent
  return eventRecord({ ...rest, session: null, seq: null, consent: states, claim: claimOf({ recordId, states, decidedAt }) })
}

/** What of a delivery is decided, and what about: of each record, the purposes that were ever denied. */
const denials = (sent: readonly Sent[]): readonly (readonly [recordId: string, denied: number])[] =>
  sent.flatMap(({ decision }) => {
    if (decision === null || isAnonymous(decision)) return []
    const denied = purposesIn(decision.states, 'denied')
    return [decision.recordId, decision.previousRecordId].flatMap((id) => (id === null ? [] : [[id, denied] as const]))
  })

describe('whatever is decided, by whom, in what order and company', () => {
  test('every store says the same, keeps nothing under a record that was denied, and has proof for what it keeps', async () => {
    const folder = await temporaryFolder()
    const { db, lock } = openForWriting(folder)
    onTestFinished(() => {
      db.close()
      lock.close()
    })
    // Nothing here is about the disk.
    db.exec('PRAGMA synchronous=OFF')
    const tables = (db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]).map(
      ({ name }) => name,
    )
    const read = createRead(db)
    const clear = tables.map((table) => `DELETE FROM ${table};`).join('')

    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyDelivery, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), async (groups) => {
        db.exec(clear)
        const write = createWrite(db, hashOf, utcDays)
        const memory = createMemorySink()
        const denied = new Map<string, number>()
        for (const group of groups) {
          const deliveries = group.map((sent): Delivery => delivery(sent.map(recordOf)))
          // Cloned, as on its way into the writer's thread.
          const fates = write(deliveries.map((each) => structuredClone(writeDelivery(each))))
          const inMemory: (readonly Fate[])[] = []
          for (const each of deliveries) inMemory.push(await memory.commit(each))
          const told = (all: readonly (readonly Fate[])[]) =>
            all.map((some) => some.map((fate) => (fate.kind === 'recorded' ? { ...fate, hash: null } : fate)))
          expect(told(fates)).toEqual(told(inMemory))

          for (const [index, sent] of group.entries()) {
            for (const [recordId, purposes] of denials(sent)) denied.set(recordId, (denied.get(recordId) ?? 0) | purposes)
            for (const [place, event] of sent.entries()) {
              if (event.kind !== 'event' || fates[index]?.[place]?.kind !== 'stored') continue
              const purpose = purposeOf(event.name)
              if (purpose === 'necessary') continue
              expect(event.states[purpose]).toMatch(/^(granted|not_required)$/)
              if (event.recordId === null) continue
              expect(hasPurpose(denied.get(event.recordId) ?? 0, purpose)).toBe(false)
              const subject = event.anonymousId ?? event.userId
              const proof = db
                .prepare("SELECT count(*) AS entries FROM consent_ledger WHERE entry ->> '$.record_id' = ? AND subject IS ?")
                .get(event.recordId, subject === null ? null : hashOf(project, subject)) as { entries: number }
              expect(proof.entries).toBeGreaterThan(0)
            }
          }
        }
        const page = { limit: 500, after: 0 }
        expect(read.events({ filter: { project }, page }).rows).toEqual((await memory.events({ project }, page)).rows)
        const links = db.prepare('SELECT position, entry, hash FROM consent_ledger ORDER BY position').all() as unknown as Link[]
        expect(checkChain(project, links).broken).toBeNull()
        for (const id of people) expect(links.some(({ entry }) => entry.includes(`"${id}"`))).toBe(false)
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  test('the tables beside the ledger hold no ids either', async () => {
    const folder = await temporaryFolder()
    const { db, lock } = openForWriting(folder)
    onTestFinished(() => {
      db.close()
      lock.close()
    })
    const decision: Decision = {
      key: 'k',
      recordId: 'r-1',
      previousRecordId: null,
      subject: 'SOMEBODY',
      isBinding: true,
      voice: 'device',
      states: { analytics: 'granted' },
      decidedAt: noon,
      validUntil: null,
      version: null,
      region: null,
      device: 'mobile',
      about: {},
    }
    createWrite(db, hashOf, utcDays)([writeDelivery(delivery([{ kind: 'decision', decision }]))])
    for (const table of ['consent_ledger', 'consent_records', 'consent_holders', 'consent_last_words', 'consent_days']) {
      const rows = db.prepare(`SELECT * FROM ${table}`).all()
      expect(rows.length).toBeGreaterThan(0)
      expect(JSON.stringify(rows)).not.toContain('SOMEBODY')
    }
  })
})
