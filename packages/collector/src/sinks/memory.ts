import { isAnonymous } from '../consent/decision.ts'
import { historyOf } from '../consent/history.ts'
import { createLedger } from '../consent/ledger.ts'
import { purposeOf } from '../consent/purposes.ts'
import { createStanding, type Standing } from '../consent/standing.ts'
import { FootfallError } from '../errors.ts'
import { passingSubjectSecret } from '../keys.ts'
import type { Flag } from '../normalise/notes.ts'
import { type Erasure, type ErasureAsk, erased } from '../privacy/erasure.ts'
import { nothingAged } from '../privacy/retention.ts'
import { createSubjectHash } from '../privacy/subject-hash.ts'
import { idsOf, personOf } from '../privacy/subjects.ts'
import type { SubjectRow } from '../privacy/subjects-export.ts'
import {
  type CountQuality,
  countLateRepetition,
  countStored,
  countVerdict,
  type QualityKind,
  type Repeat,
} from '../quality/count.ts'
import { idConflict } from '../quarantine/keep.ts'
import { completenessAnswer } from '../reports/completeness.ts'
import { consentAnswer } from '../reports/consent.ts'
import { qualityAnswer } from '../reports/quality.ts'
import { trafficAnswer } from '../reports/traffic.ts'
import { type Arrival, arrivalOf } from './arrival.ts'
import { createMemoryAlike, repeating } from './memory-alike.ts'
import { createMemoryLedger } from './memory-ledger.ts'
import { createMemoryNumbers } from './memory-numbers.ts'
import { type CountedQuality, qualityFacts, type SourceTimes } from './memory-quality.ts'
import { createMemoryQuarantine } from './memory-quarantine.ts'
import { createMemoryRegistering } from './memory-registering.ts'
import { createMemoryRenaming } from './memory-renaming.ts'
import { createMemoryReports, type KeptEvent } from './memory-reports.ts'
import {
  countLinks,
  createMemoryGraves,
  isAbout,
  type Kept,
  knownIn,
  linksIn,
  rowsAbout,
  theirsIn,
  visitorDaysOf,
} from './memory-subjects.ts'
import { isCounted, trafficFacts } from './memory-traffic.ts'
import { narrowEvent, narrowQuarantined } from './narrow.ts'
import type { Replayed, ReplayFate } from './quarantine.ts'
import type {
  DecisionRecord,
  Delivery,
  EventFilter,
  EventRecord,
  Fate,
  PageOf,
  QuarantineRecord,
  Rows,
  SinkRecord,
  Store,
} from './sink.ts'
import { type StoredEvent, storedEvent } from './stored-event.ts'

type RecordOfEvent = Exclude<SinkRecord, DecisionRecord>
type Received = Pick<Delivery, 'project' | 'receivedAt' | 'receivedDay'>

/** What may be kept of a record; or that nothing may, but for its number. */
type Admitted =
  | { readonly kind: 'kept'; readonly kept: EventRecord | QuarantineRecord }
  | { readonly kind: 'refused'; readonly fate: Fate & { readonly kind: 'rejected' }; readonly arrival: Arrival | null }

/**
 * A store for tests and try-outs: the same answers as the embedded one, forgotten at the end. It derives every number from the events
 * when it is asked, which makes it the other stores' measure.
 */
export function createMemorySink(): Store {
  const events: KeptEvent[] = []
  const byId = new Map<string, KeptEvent>()
  const reports = createMemoryReports()
  const alike = createMemoryAlike<KeptEvent>()
  const quarantine = createMemoryQuarantine()
  const quality: CountedQuality[] = []
  const sourceTimes = new Map<string, SourceTimes>()
  const registering = createMemoryRegistering({ times: () => sourceTimes.values(), counts: quality })
  const numbers = createMemoryNumbers()
  const tables = createMemoryLedger()
  const hashOf = createSubjectHash(passingSubjectSecret())
  const ledger = createLedger(tables, hashOf)
  const standing = createStanding({ ledger, tables, hashOf })
  const graves = createMemoryGraves(hashOf)
  let isClosed = false

  return {
    ready: Promise.resolve(),
    async commit(delivery) {
      if (isClosed) throw new FootfallError('closing', 'The store is closed.')
      ledger.begin()
      enterDecisions(delivery)
      standing.begin()
      const visitors = new Set<string>()
      const fates = delivery.records.map((record) =>
        record.kind === 'decision'
          ? { kind: 'recorded' as const, ...ledger.enter(delivery.project, record.decision, delivery) }
          : keep(delivery, record, visitors),
      )
      numbers.keepDrops(delivery, visitors)
      return fates
    },
    lag: () => ({ waitingEvents: 0, waitingBytes: 0, oldestMs: 0 }),
    footprint: async () => null,
    async probe() {
      if (isClosed) throw new FootfallError('closing', 'The store is closed.')
    },
    async close() {
      isClosed = true
    },
    events: async (filter, page) =>
      pageOf(
        events,
        ({ project, record, stored }) =>
          matches(filter, project, record) && (filter.quality === undefined || stored.quality.status === filter.quality),
        page,
        ({ stored }) => stored,
      ),
    quarantine: async (filter, page) => quarantine.stored(filter, page),
    quarantined: async (filter, page) => quarantine.texts(filter, page),
    async replay({ project, isDryRun, rows }) {
      if (isClosed) throw new FootfallError('closing', 'The store is closed.')
      ledger.begin()
      standing.begin()
      return isDryRun ? foresee(project, rows) : rows.map((row) => replayRow(project, row))
    },
    async purge(filter) {
      if (isClosed) throw new FootfallError('closing', 'The store is closed.')
      const gone = quarantine.matching(filter)
      for (const row of gone) quarantine.drop(row)
      return gone.length
    },
    traffic: async (question) => trafficAnswer(question, trafficFacts(question, events, quality)),
    completeness: async (question) => completenessAnswer(question, numbers.completeness(question)),
    consent: async (question) =>
      consentAnswer(
        question,
        tables.counts(question.project).filter(({ day }) => day >= question.from && day <= question.to),
      ),
    async quality(question) {
      const { aliases } = await registering.registry(question.project)
      const received = events.map((kept) => ({ ...kept, isCounted: isCounted(kept) }))
      const kept = { counts: quality, times: sourceTimes.values(), events: received, quarantined: quarantine.rows, aliases }
      return qualityAnswer(question, qualityFacts(question, kept))
    },
    async subject({ project, id, after, limit }) {
      const kept = keptOf(project)
      const person = personOf(id, linksIn(kept, wasErased(project)))
      const from = after?.position ?? 0
      const rows = rowsAbout(kept, person)
      const isLast = rows.length <= from + limit
      return {
        known: knownIn(kept, person),
        erasedAt: graves.erasedAt(project, id),
        rows: rows.slice(from, from + limit),
        next: isLast ? null : { part: 'sessions', key: '', position: from + limit },
      }
    },
    async erase(ask) {
      if (isClosed) throw new FootfallError('closing', 'The store is closed.')
      return eraseNow(ask)
    },
    /** Everything here is forgotten at the end anyway. */
    retain: async (asks) => asks.map(({ project }) => ({ project, ...nothingAged })),
    ...registering,
    ...createMemoryRenaming(events, quality, (records) => {
      storeAgain(events.map((kept) => ({ ...kept, record: records.get(kept) ?? kept.record })))
    }),
    tombstoneOf: async (project, anonymousId) => graves.tombstoneOf(project, anonymousId),
    async consentOf(project, id, { limit, after }) {
      const subject = hashOf(project, id)
      const links = tables
        .links(project)
        .filter(({ position, entry }) => position > after && JSON.parse(entry).subject === subject)
      const deniedOf = (recordId: string) => tables.record(project, recordId)?.denied ?? 0
      return historyOf(subject, tables.lastWords(project, subject), links, limit, deniedOf)
    },
  }

  /** Before anything else, as everything else has arrived after them. */
  function enterDecisions(delivery: Delivery): void {
    const decisions = delivery.records
      .flatMap((record) => (record.kind === 'event' || record.kind === 'quarantine' ? (record.decision ?? []) : []))
      .filter((decision) => !isAnonymous(decision))
      .sort((one, other) => one.decidedAt - other.decidedAt)
    for (const decision of decisions) ledger.enter(delivery.project, decision, delivery)
  }

  /** @param visitors gets those of whom a number is kept */
  function keep(delivery: Delivery, record: Exclude<SinkRecord, DecisionRecord>, visitors: Set<string>): Fate {
    const { fate, arrival } = settle(delivery, record)
    if (fate.kind === 'conflict' || fate.kind === 'recorded') return fate
    const count = counterOf(delivery, record.countedSource)
    count('received', 'received')
    const reason = 'because' in fate && fate.because !== undefined ? { code: fate.because.code, rule: null } : reasonOf(record)
    countVerdict(fate.kind === 'stored' ? 'accepted' : fate.kind, reason, count)
    if (arrival !== null) {
      numbers.keep(delivery.project, arrival)
      visitors.add(arrival.anonymousId)
    }
    return fate
  }

  function settle(
    delivery: Delivery,
    record: Exclude<SinkRecord, DecisionRecord>,
  ): { readonly fate: Fate; readonly arrival: Arrival | null } {
    const admitted = admit(delivery, record)
    if (admitted.kind === 'refused') return admitted
    const { kept } = admitted
    return { fate: fateOf(delivery, kept), arrival: arrivalOf(kept) }
  }

  /** Holds a record against the tombstones and the consent ledger. */
  function admit(delivery: Received, record: RecordOfEvent, check: Standing['check'] = standing.check): Admitted {
    const { project } = delivery
    if (graves.covers(project, record)) {
      const fate = { kind: 'rejected', ...(record.kind !== 'rejected' && { because: erased }) } as const
      return { kind: 'refused', fate, arrival: null }
    }
    if (record.kind === 'rejected') {
      const isAllowed = record.bearer === null || standing.allowed(project, record.bearer, delivery) !== 0
      return { kind: 'refused', fate: { kind: 'rejected' }, arrival: isAllowed ? record.arrival : null }
    }
    const bearer = record.kind === 'event' ? { ...record, purpose: purposeOf(record.name) } : record.bearer
    const found = check(project, bearer, delivery)
    if (found.because !== null) {
      const arrival = found.allowed === 0 ? null : arrivalOf(record)
      return { kind: 'refused', fate: { kind: 'rejected', because: found.because }, arrival }
    }
    const kept =
      record.kind === 'event'
        ? { ...record, ...narrowEvent(record, record.name, record.claim, found), ...(found.lost !== 0 && { likeness: null }) }
        : narrowQuarantined(record, found)
    return { kind: 'kept', kept }
  }

  function replayRow(project: string, { key, record, isPatched }: Replayed): ReplayFate {
    const entry = quarantine.find(project, key)
    if (entry === undefined) return { kind: 'gone' }
    const { receivedAt, receivedDay } = entry
    const { code, rule, countedSource } = entry.record
    const delivery: Delivery = { project, receivedAt, receivedDay, records: [], drops: null }
    const fate = replayFate(delivery, { ...record, countedSource })
    if (isPatched && (fate.kind === 'rejected' || fate.kind === 'quarantined')) return { ...fate, kind: 'quarantined' }

    const add = (kind: QualityKind, counted: string, events: 1 | -1): void =>
      void quality.push({ project, day: receivedDay, source: countedSource, kind, key: counted, events })
    countVerdict('quarantined', { code, rule }, (kind, counted) => add(kind, counted, -1))
    if (fate.kind === 'quarantined') {
      const { code, rule, detail } = record.kind === 'quarantine' ? record : idConflict
      entry.record = { ...entry.record, code, rule, detail }
      countVerdict('quarantined', { code, rule }, (kind, counted) => add(kind, counted, 1))
      return fate
    }
    quarantine.drop(entry)
    const verdict = fate.kind === 'stored' ? 'accepted' : fate.kind
    const refusal = fate.kind === 'rejected' ? (fate.because?.code ?? reasonOf(record).code) : ''
    countVerdict(verdict, { code: refusal, rule: null }, (kind, counted) => add(kind, counted, 1))
    add('replayed', verdict, 1)
    return fate
  }

  function replayFate(delivery: Delivery, record: RecordOfEvent): Exclude<ReplayFate, { readonly kind: 'gone' }> {
    const admitted = admit(delivery, record)
    if (admitted.kind === 'refused') return { kind: 'rejected', because: admitted.fate.because ?? null }
    const { kept } = admitted
    if (kept.kind === 'quarantine') return { kind: 'quarantined', because: null }
    const fate = fateOf(delivery, kept)
    return fate.kind === 'stored' || fate.kind === 'duplicate' ? fate : { kind: 'quarantined', because: idConflict }
  }

  /** What `replayRow` would say of each of them, after those before. */
  function foresee(project: string, rows: readonly Replayed[]): readonly ReplayFate[] {
    const stored = new Map<string, EventRecord>()
    const forget = new Set<string>()
    return rows.map(({ key, record, isPatched }) => {
      const entry = quarantine.find(project, key)
      if (entry === undefined || forget.has(key)) return { kind: 'gone' }
      const fate = foreseen(entry, record)
      if (isPatched && fate.kind === 'rejected') return { ...fate, kind: 'quarantined' }
      if (fate.kind !== 'quarantined') forget.add(key)
      return fate
    })

    function foreseen(received: Received, record: RecordOfEvent): Exclude<ReplayFate, { readonly kind: 'gone' }> {
      const admitted = admit(received, record, standing.foresee)
      if (admitted.kind === 'refused') return { kind: 'rejected', because: admitted.fate.because ?? null }
      if (record.kind !== 'event') return { kind: 'quarantined', because: null }
      const known = stored.get(record.id) ?? byId.get(`${project} ${record.id}`)?.record
      if (known === undefined) {
        stored.set(record.id, record)
        return { kind: 'stored', duplicateOf: null }
      }
      return known.contentHash === record.contentHash ? { kind: 'duplicate' } : { kind: 'quarantined', because: idConflict }
    }
  }

  function keptOf(project: string): Kept {
    return {
      events: events.filter((kept) => kept.project === project),
      quarantined: quarantine.rows.filter((kept) => kept.project === project),
      ...numbers.of(project),
    }
  }

  function wasErased(project: string): (id: string) => boolean {
    return (id) => graves.erasedAt(project, id) !== null
  }

  function eraseNow(ask: ErasureAsk): Erasure {
    const { project, id, at } = ask
    const kept = keptOf(project)
    const person = personOf(id, linksIn(kept, wasErased(project)))
    const known = knownIn(kept, person)
    const rows = rowsAbout(kept, person)
    const count = (kind: SubjectRow['kind']): number => rows.filter((row) => row.kind === kind).length
    const isOwn = theirsIn(kept, person)
    const before = { sessions: sessionsIn(project), keys: reports.happenings(), days: visitorDaysOf(kept, person) }
    const devices = new Set(person.devices.filter(({ isShared }) => !isShared).map((device) => device.id))
    const tombstones = graves.bury(ask, person)
    ledger.begin()
    for (const subject of idsOf(person)) ledger.erase(project, subject, at)

    const linked = countLinks(kept)
    const left = events.filter((event) => event.project !== project || !isOwn(event.record))
    const gone = events.length - left.length
    storeAgain(left)
    for (const row of quarantine.rows.filter((row) => row.project === project && isAbout(person, row.record)))
      quarantine.drop(row)
    numbers.forget(project, devices)
    const daysLeft = visitorDaysOf(keptOf(project), person)
    return {
      erasedAt: at,
      subjectHash: hashOf(project, id),
      users: known.users.length,
      devices: known.devices.length,
      events: gone,
      quarantined: count('quarantined_event'),
      sessions: before.sessions - sessionsIn(project),
      visitorDays: [...before.days].filter((day) => !daysLeft.has(day)).length,
      numberRuns: count('number_run'),
      trackerDrops: count('tracker_drop'),
      naturalKeys: before.keys - reports.happenings(),
      links: linked - countLinks(keptOf(project)),
      tombstones,
      isOutOfFiles: true,
    }
  }

  /** As if nothing else had ever come: so the next report of an order becomes the first. */
  function storeAgain(left: readonly KeptEvent[]): void {
    events.length = 0
    byId.clear()
    reports.clear()
    alike.clear()
    for (const { project, record, receivedAt, stored } of left) {
      keepEvent(project, receivedAt, { ...record, seq: stored.seq }, null)
    }
  }

  function sessionsIn(project: string): number {
    const own = events.filter((kept) => kept.project === project && !kept.record.bot)
    return new Set(own.flatMap(({ record }) => record.session?.id ?? [])).size
  }

  function fateOf(delivery: Delivery, record: EventRecord | QuarantineRecord): Fate {
    const { project, receivedAt } = delivery
    switch (record.kind) {
      case 'quarantine':
        return quarantine.keep(delivery, record)
      case 'event': {
        const fate = keepEvent(project, receivedAt, record, counterOf(delivery, record.countedSource))
        const { decision } = record
        if (fate.kind === 'stored' && decision !== null && isAnonymous(decision)) ledger.enter(project, decision, delivery)
        return fate
      }
    }
  }

  /** @param count where it is new: an erasure that stores again what is left counts nothing */
  function keepEvent(project: string, receivedAt: number, record: EventRecord, count: CountQuality | null): Fate {
    const known = byId.get(`${project} ${record.id}`)
    if (known !== undefined) {
      if (known.record.contentHash !== record.contentHash) return { kind: 'conflict' }
      known.stored = { ...known.stored, seq: known.stored.seq ?? record.seq }
      return { kind: 'duplicate' }
    }
    const { previous, next } = alike.around(project, record)
    // A copy through JSON: what is read back is what any store could give, and nobody can change it from outside.
    const stored = JSON.parse(JSON.stringify(storedEvent(record, receivedAt, null))) as StoredEvent
    const kept: KeptEvent = { project, receivedAt, record, amounts: record, stored }
    events.push(kept)
    byId.set(`${project} ${record.id}`, kept)
    reports.add(kept)
    if (kept.stored.duplicate_of === null && previous !== undefined) kept.stored = repeating(kept.stored, previous.record.id)
    alike.add(kept)
    const { duplicate_of: duplicateOf, quality } = kept.stored
    const flags = quality.flags as readonly Flag[] // as they were given
    const repeat =
      duplicateOf === null
        ? null
        : flags.includes('probable_duplicate')
          ? 'probable'
          : flags.includes('order_conflict')
            ? 'order_conflict'
            : 'business_key'
    if (next !== undefined && next.stored.duplicate_of === null && count !== null) countLateRepetition(count)
    if (next !== undefined) next.stored = repeating(next.stored, record.id)
    if (count !== null) countStored(countedEvent({ ...record, flags }, receivedAt, repeat), count)
    return { kind: 'stored', duplicateOf }
  }

  /** Counts what the source of a delivery sent; with that it is heard of. */
  function counterOf({ project, receivedAt, receivedDay }: Received, source: string): CountQuality {
    const id = JSON.stringify([project, source])
    return (kind, key) => {
      const { firstSeen, lastSeen } = sourceTimes.get(id) ?? { firstSeen: receivedAt, lastSeen: receivedAt }
      const times = { firstSeen: Math.min(firstSeen, receivedAt), lastSeen: Math.max(lastSeen, receivedAt) }
      sourceTimes.set(id, { project, source, ...times })
      quality.push({ project, day: receivedDay, source, kind, key, events: 1 })
    }
  }
}

/** Why it is refused; without a meaning for what is not. */
const reasonOf = (record: Exclude<SinkRecord, DecisionRecord>): { readonly code: string; readonly rule: string | null } =>
  record.kind === 'event'
    ? { code: '', rule: null }
    : { code: record.code, rule: record.kind === 'quarantine' ? record.rule : null }

const countedEvent = ({ occurredAt, repairs, flags, money }: EventRecord, receivedAt: number, repeat: Repeat | null) => ({
  lagMs: receivedAt - occurredAt,
  repairRules: repairs.map(({ rule }) => rule),
  flags,
  hasAmount: Object.keys(money).length > 0,
  repeat,
})

const matches = (filter: EventFilter, project: string, record: EventRecord): boolean =>
  project === filter.project &&
  (filter.name === undefined || record.name === filter.name) &&
  (filter.userId === undefined || record.userId === filter.userId) &&
  (filter.anonymousId === undefined || record.anonymousId === filter.anonymousId) &&
  (filter.from === undefined || record.occurredAt >= filter.from) &&
  (filter.to === undefined || record.occurredAt < filter.to)

/** Positions count from 1, as in the other stores. */
function pageOf<K, T>(
  kept: readonly K[],
  isWanted: (entry: K) => boolean,
  { limit, after }: PageOf,
  map: (entry: K) => T,
): Rows<T> {
  const found = kept.flatMap((entry, index) => (index + 1 > after && isWanted(entry) ? [{ entry, position: index + 1 }] : []))
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return { rows: rows.map(({ entry }) => map(entry)), next: found.length > limit && last !== undefined ? last.position : null }
}
