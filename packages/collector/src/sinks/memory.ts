import { purposeOf } from '@footfall/events'
import { isAnonymous } from '../consent/decision.ts'
import { historyOf } from '../consent/history.ts'
import { createLedger } from '../consent/ledger.ts'
import { createStanding, type Standing } from '../consent/standing.ts'
import { FootfallError } from '../errors.ts'
import { passingSubjectSecret } from '../keys.ts'
import { isContradiction, isSettledOnce } from '../normalise/natural-key.ts'
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
import { type CompletenessFacts, completenessAnswer, type Hole } from '../reports/completeness.ts'
import { consentAnswer } from '../reports/consent.ts'
import { qualityAnswer } from '../reports/quality.ts'
import type { ReportedReason } from '../reports/questions.ts'
import { periodOf, type TrafficFacts, trafficAnswer } from '../reports/traffic.ts'
import { type Arrival, arrivalOf } from './arrival.ts'
import { createMemoryAlike } from './memory-alike.ts'
import { createMemoryLedger } from './memory-ledger.ts'
import { type CountedQuality, qualityFacts, type SourceTimes } from './memory-quality.ts'
import { createMemoryRegistering } from './memory-registering.ts'
import { createMemoryRenaming } from './memory-renaming.ts'
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
import { narrowEvent, narrowQuarantined } from './narrow.ts'
import {
  maxPageText,
  type QuarantinedText,
  type QuarantineFilter,
  quarantineBytes,
  quarantineFull,
  type Replayed,
  type ReplayFate,
} from './quarantine.ts'
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
import {
  maxCopies,
  qualityOf,
  type StoredEvent,
  sourceName,
  sourcesOf,
  storedEvent,
  storedQuarantine,
  wireMoney,
} from './stored-event.ts'

interface KeptEvent {
  readonly project: string
  readonly receivedAt: number
  readonly record: EventRecord
  /** What it counts with: its own, or those of a server's report. */
  amounts: Pick<EventRecord, 'money' | 'valuePath'>
  stored: StoredEvent
}

interface KeptQuarantine {
  /** From 1; stays when others go. */
  readonly position: number
  readonly project: string
  record: QuarantineRecord
  readonly receivedAt: number
  readonly receivedDay: string
  readonly bytes: number
}

const bytesOf = ({ raw, context }: QuarantineRecord): number => quarantineBytes(raw, JSON.stringify(context))

type RecordOfEvent = Exclude<SinkRecord, DecisionRecord>
type Received = Pick<Delivery, 'project' | 'receivedAt' | 'receivedDay'>

/** What may be kept of a record; or that nothing may, but for its number. */
type Admitted =
  | { readonly kind: 'kept'; readonly kept: EventRecord | QuarantineRecord }
  | { readonly kind: 'refused'; readonly fate: Fate & { readonly kind: 'rejected' }; readonly arrival: Arrival | null }

interface KeptDrop {
  readonly project: string
  readonly day: string
  readonly anonymousId: string | null
  readonly browser: string | null
  readonly reason: ReportedReason
  events: number
}

/**
 * A store for tests and try-outs: the same answers as the embedded one, forgotten at the end. It derives every number from the events
 * when it is asked, which makes it the other stores' measure.
 */
export function createMemorySink(): Store {
  const events: KeptEvent[] = []
  const byId = new Map<string, KeptEvent>()
  /** All reports of what happened once. */
  const keys = new Map<string, KeptEvent[]>()
  const alike = createMemoryAlike<KeptEvent>()
  const quarantined: KeptQuarantine[] = []
  let lastQuarantined = 0
  const quarantineHashes = new Set<string>()
  const quality: CountedQuality[] = []
  const sourceTimes = new Map<string, SourceTimes>()
  const registering = createMemoryRegistering({ times: () => sourceTimes.values(), counts: quality })
  /** By project and visitor, then by number. */
  const numbers = new Map<string, Map<number, Arrival>>()
  const drops = new Map<string, KeptDrop>()
  const tables = createMemoryLedger()
  const hashOf = createSubjectHash(passingSubjectSecret())
  const ledger = createLedger(tables, hashOf)
  const standing = createStanding({ ledger, tables, hashOf })
  const graves = createMemoryGraves(hashOf)
  /** Numbers of visitors who were erased: they count, and name nobody. */
  const anonymousNumbers: { readonly project: string; readonly arrival: Omit<Arrival, 'anonymousId'> }[] = []
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
      keepDrops(delivery, visitors)
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
        ({ project, record }) => matches(filter, project, record),
        page,
        ({ stored }) => stored,
      ),
    quarantine: async (filter, page) =>
      quarantinePage(quarantined, filter, page, ({ record, receivedAt }) => storedQuarantine(record, receivedAt)),
    quarantined: async (filter, page) => quarantinePage(quarantined, filter, page, quarantinedText),
    async replay({ project, isDryRun, rows }) {
      if (isClosed) throw new FootfallError('closing', 'The store is closed.')
      ledger.begin()
      standing.begin()
      return isDryRun ? foresee(project, rows) : rows.map((row) => replayRow(project, row))
    },
    async purge(filter) {
      if (isClosed) throw new FootfallError('closing', 'The store is closed.')
      const gone = quarantined.filter((kept) => matchesQuarantine(filter, kept))
      for (const kept of gone) dropQuarantined(kept)
      return gone.length
    },
    traffic: async (question) => trafficAnswer(question, factsOf(question)),
    completeness: async (question) => completenessAnswer(question, completenessOf(question)),
    consent: async (question) =>
      consentAnswer(
        question,
        tables.counts(question.project).filter(({ day }) => day >= question.from && day <= question.to),
      ),
    async quality(question) {
      const { aliases } = await registering.registry(question.project)
      const received = events.map((kept) => ({ ...kept, isCounted: isCounted(kept) }))
      const times = sourceTimes.values()
      return qualityAnswer(question, qualityFacts(question, { counts: quality, times, events: received, quarantined, aliases }))
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
      keepNumber(delivery.project, arrival)
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
    const entry = rowOf(project, key)
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
    dropQuarantined(entry)
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
      const entry = rowOf(project, key)
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

  function rowOf(project: string, key: string): KeptQuarantine | undefined {
    return quarantined.find((kept) => kept.project === project && kept.record.rawHash === key)
  }

  function dropQuarantined(kept: KeptQuarantine): void {
    quarantined.splice(quarantined.indexOf(kept), 1)
    quarantineHashes.delete(`${kept.project} ${kept.record.rawHash}`)
  }

  function keptOf(project: string): Kept {
    return {
      events: events.filter((kept) => kept.project === project),
      quarantined: quarantined.filter((kept) => kept.project === project),
      numbers: visitorsIn(project),
      drops: [...drops.values()].filter((drop) => drop.project === project),
    }
  }

  function wasErased(project: string): (id: string) => boolean {
    return (id) => graves.erasedAt(project, id) !== null
  }

  function visitorsIn(project: string): Kept['numbers'] {
    return [...numbers].flatMap(([key, known]) => {
      const [ofProject, anonymousId] = JSON.parse(key) as [string, string]
      return ofProject === project ? [[anonymousId, known] as const] : []
    })
  }

  function eraseNow(ask: ErasureAsk): Erasure {
    const { project, id, at } = ask
    const kept = keptOf(project)
    const person = personOf(id, linksIn(kept, wasErased(project)))
    const known = knownIn(kept, person)
    const rows = rowsAbout(kept, person)
    const count = (kind: SubjectRow['kind']): number => rows.filter((row) => row.kind === kind).length
    const isOwn = theirsIn(kept, person)
    const before = { sessions: sessionsIn(project), keys: keys.size, days: visitorDaysOf(kept, person) }
    const devices = new Set(person.devices.filter(({ isShared }) => !isShared).map((device) => device.id))
    const tombstones = graves.bury(ask, person)
    ledger.begin()
    for (const subject of idsOf(person)) ledger.erase(project, subject, at)

    const linked = countLinks(kept)
    const left = events.filter((event) => event.project !== project || !isOwn(event.record))
    const gone = events.length - left.length
    storeAgain(left)
    const quarantineLeft = quarantined.filter((entry) => entry.project !== project || !isAbout(person, entry.record))
    for (const entry of quarantined) {
      if (!quarantineLeft.includes(entry)) quarantineHashes.delete(`${project} ${entry.record.rawHash}`)
    }
    quarantined.length = 0
    for (const entry of quarantineLeft) quarantined.push(entry)
    for (const device of devices) {
      const visitor = JSON.stringify([project, device])
      for (const { anonymousId: _, ...arrival } of numbers.get(visitor)?.values() ?? [])
        anonymousNumbers.push({ project, arrival })
      numbers.delete(visitor)
    }
    for (const [key, drop] of drops) {
      if (drop.project === project && devices.has(drop.anonymousId ?? '')) drops.set(key, { ...drop, anonymousId: null })
    }
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
      naturalKeys: before.keys - keys.size,
      links: linked - countLinks(keptOf(project)),
      tombstones,
      isOutOfFiles: true,
    }
  }

  /** As if nothing else had ever come: so the next report of an order becomes the first. */
  function storeAgain(left: readonly KeptEvent[]): void {
    events.length = 0
    byId.clear()
    keys.clear()
    alike.clear()
    for (const { project, record, receivedAt, stored } of left) {
      keepEvent(project, receivedAt, { ...record, seq: stored.seq }, null)
    }
  }

  function sessionsIn(project: string): number {
    const own = events.filter((kept) => kept.project === project && !kept.record.bot)
    return new Set(own.flatMap(({ record }) => record.session?.id ?? [])).size
  }

  function keepNumber(project: string, arrival: Arrival): void {
    const visitor = JSON.stringify([project, arrival.anonymousId])
    const known = numbers.get(visitor) ?? new Map<number, Arrival>()
    if (!known.has(arrival.seq)) known.set(arrival.seq, arrival)
    numbers.set(visitor, known)
  }

  /** Whose they were is kept as far as a number of theirs is. */
  function keepDrops({ project, receivedDay, drops: reported }: Delivery, visitors: ReadonlySet<string>): void {
    if (reported === null) return
    const { key, counts, browser } = reported
    const anonymousId = visitors.has(reported.anonymousId ?? '') ? reported.anonymousId : null
    for (const [reason, events] of Object.entries(counts) as [ReportedReason, number][]) {
      // `counts` has no other keys
      const id = `${project} ${key} ${reason}`
      const known = drops.get(id)
      if (known === undefined) drops.set(id, { project, day: receivedDay, anonymousId, browser, reason, events })
      else known.events = Math.max(known.events, events)
    }
  }

  function hasRoomAside({ project, maxQuarantineBytes = Number.POSITIVE_INFINITY }: Delivery, record: QuarantineRecord): boolean {
    const held = quarantined.reduce((sum, kept) => (kept.project === project ? sum + kept.bytes : sum), 0)
    return held + bytesOf(record) <= maxQuarantineBytes
  }

  function fateOf(delivery: Delivery, record: EventRecord | QuarantineRecord): Fate {
    const { project, receivedAt } = delivery
    switch (record.kind) {
      case 'quarantine': {
        const key = `${project} ${record.rawHash}`
        if (quarantineHashes.has(key)) return { kind: 'duplicate' }
        if (!hasRoomAside(delivery, record)) return { kind: 'rejected', because: quarantineFull }
        quarantineHashes.add(key)
        lastQuarantined += 1
        const { receivedDay } = delivery
        quarantined.push({ position: lastQuarantined, project, record, receivedAt, receivedDay, bytes: bytesOf(record) })
        return { kind: 'quarantined' }
      }
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
    if (record.naturalKey !== null && !record.bot) {
      const key = keyOf(project, record)
      // Stable: those that were received at one instant stay in the order in which they were stored.
      const reports = [...(keys.get(key) ?? []), kept].sort((one, other) => one.receivedAt - other.receivedAt)
      keys.set(key, reports)
      settleReports(reports)
    }
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

  function completenessOf({ project, from, to }: Parameters<Store['completeness']>[0]): CompletenessFacts {
    const isInPeriod = ({ day }: { readonly day: string }): boolean => day >= from && day <= to
    const visitors = visitorsIn(project)
    const own = [...drops.values()].filter((drop) => drop.project === project)
    return {
      received: visitors
        .flatMap(([, known]): readonly Omit<Arrival, 'anonymousId'>[] => [...known.values()])
        .concat(anonymousNumbers.flatMap((number) => (number.project === project ? [number.arrival] : [])))
        .filter(isInPeriod)
        .map(({ day, browser }) => ({ day, browser, events: 1 })),
      reported: own.filter(isInPeriod),
      holes: holesOf(visitors),
      reportedBy: (visitor) =>
        own
          .filter(({ anonymousId }) => anonymousId === visitor)
          .reduce(
            (sums, { reason, events }) => sums.set(reason, (sums.get(reason) ?? 0) + events),
            new Map<ReportedReason, number>(),
          ),
    }
  }

  function factsOf(question: Parameters<Store['traffic']>[0]): TrafficFacts {
    const own = events.filter(({ project }) => project === question.project)
    const isInPeriod = (day: string): boolean => day >= question.from && day <= question.to
    const dated = own.filter(({ record }) => isInPeriod(record.day))
    const days = new Set(dated.map(({ record }) => record.day))
    const { start, end } = periodOf(question)
    const starts = new Map<string, number>()
    for (const { record } of own) {
      if (record.session === null || record.bot) continue
      const { id } = record.session
      starts.set(id, Math.min(starts.get(id) ?? Number.POSITIVE_INFINITY, record.occurredAt))
    }
    const receipts = own.map(({ receivedAt }) => receivedAt)
    return {
      days: [...days].map((day) =>
        dayFacts(
          day,
          dated.filter(({ record }) => record.day === day),
        ),
      ),
      visitors: [...days].map((day) => ({ day, visitors: visitorsOf(dated.filter(({ record }) => record.day === day)) })),
      totals: {
        visitors: visitorsOf(dated),
        sessions: [...starts.values()].filter((at) => at >= start && at < end).length,
        first_received_at: receipts.length === 0 ? null : Math.min(...receipts),
        last_received_at: receipts.length === 0 ? null : Math.max(...receipts),
      },
      verdicts: [
        ...Map.groupBy(
          quality.filter(({ project, day, kind }) => project === question.project && isInPeriod(day) && isOfAccounts(kind)),
          ({ key }) => key,
        ),
      ].map(([verdict, entries]) => ({ verdict, events: entries.reduce((sum, { events }) => sum + events, 0) })),
    }
  }
}

const isOfAccounts = (kind: string): boolean => kind === 'received' || kind === 'verdict'

/** The naive way: every number, visitor by visitor, and what lies between two of them. */
function holesOf(visitors: readonly (readonly [anonymousId: string, numbers: ReadonlyMap<number, Arrival>])[]): readonly Hole[] {
  return visitors.flatMap(([anonymousId, numbers]) => {
    let last = 0
    return [...numbers.values()]
      .sort((one, other) => one.seq - other.seq)
      .flatMap(({ seq, at, day, browser }) => {
        const size = seq - last - 1
        last = seq
        return size === 0 ? [] : [{ anonymousId, size, at, day, browser }]
      })
  })
}

/** Why it is refused; without a meaning for what is not. */
const reasonOf = (record: Exclude<SinkRecord, DecisionRecord>): { readonly code: string; readonly rule: string | null } =>
  record.kind === 'event'
    ? { code: '', rule: null }
    : { code: record.code, rule: record.kind === 'quarantine' ? record.rule : null }

/**
 * Of all reports of one happening the first counts, with the amounts of the first server's: see `ServerAmounts`.
 *
 * @param reports in the order of receipt
 */
function settleReports(reports: readonly KeptEvent[]): void {
  const [first, ...others] = reports
  if (first === undefined) return
  const { id, name, isServer } = first.record
  const servers = others.filter(({ record }) => record.isServer)
  const mayGive = !isServer && isSettledOnce(name)
  const giver = mayGive ? servers.find(({ record }) => amountText(record) !== null) : undefined
  for (const [index, report] of others.entries()) {
    const isAfterGiver = giver !== undefined && index > others.indexOf(giver)
    const judge = report.record.isServer === isServer ? first : report.record.isServer && isAfterGiver ? giver : undefined
    const isConflict = judge !== undefined && isContradiction(name, amountText(report.record), amountText(judge.record))
    report.amounts = report.record
    report.stored = withMarks(report, { duplicateOf: id, isConflict })
  }
  first.amounts = (giver ?? first).record
  first.stored = {
    ...withMarks(first, { duplicateOf: null, isConflict: false }),
    sources: sourcesOf([first, ...newestServersFirst(others).slice(0, maxCopies)].map(({ record }) => sourceName(record))),
    amounts_of: giver?.record.id ?? null,
    visit_of: isServer ? (others.find(({ record }) => !record.isServer)?.record.id ?? null) : null,
  }
}

const newestServersFirst = (reports: readonly KeptEvent[]): readonly KeptEvent[] =>
  reports.toReversed().sort((one, other) => Number(other.record.isServer) - Number(one.record.isServer))

function withMarks(
  { record, amounts, stored }: KeptEvent,
  { duplicateOf, isConflict }: { readonly duplicateOf: string | null; readonly isConflict: boolean },
): StoredEvent {
  const { repairs } = stored.quality
  const money = JSON.parse(JSON.stringify(wireMoney(amounts.money))) as StoredEvent['money']
  const flags = isConflict ? [...record.flags, 'order_conflict'] : record.flags
  const sources = sourcesOf([sourceName(record)])
  return {
    ...stored,
    money,
    duplicate_of: duplicateOf,
    sources,
    amounts_of: null,
    visit_of: null,
    quality: qualityOf(repairs, flags),
  }
}

/** Of an event that turns out to repeat one that was stored after it. */
function repeating(stored: StoredEvent, id: string): StoredEvent {
  const { repairs, flags } = stored.quality
  const others = flags.filter((flag) => flag !== 'probable_duplicate')
  return { ...stored, duplicate_of: id, quality: qualityOf(repairs, [...others, 'probable_duplicate']) }
}

const countedEvent = ({ occurredAt, repairs, flags, money }: EventRecord, receivedAt: number, repeat: Repeat | null) => ({
  lagMs: receivedAt - occurredAt,
  repairRules: repairs.map(({ rule }) => rule),
  flags,
  hasAmount: Object.keys(money).length > 0,
  repeat,
})

const keyOf = (project: string, { name, naturalKey }: EventRecord): string => `${project} ${name} ${naturalKey}`

const amountText = ({ money, valuePath }: EventRecord): string | null => {
  const amount = valuePath === null ? undefined : money[valuePath]
  return amount === undefined ? null : `${amount.minor} ${amount.currency}`
}

const isCounted = ({ record, stored }: KeptEvent): boolean => !record.bot && stored.duplicate_of === null

const visitorsOf = (kept: readonly KeptEvent[]): number =>
  new Set(kept.filter(isCounted).flatMap(({ record }) => record.anonymousId ?? [])).size

const orderNames: ReadonlySet<string> = new Set(['order_completed', 'pos_purchase_completed'])

function dayFacts(day: string, kept: readonly KeptEvent[]): TrafficFacts['days'][number] {
  const counted = kept.filter(isCounted)
  const orders = counted.filter(({ record }) => orderNames.has(record.name))
  const amounts = orders.map(({ amounts }) => (amounts.valuePath === null ? undefined : amounts.money[amounts.valuePath]))
  return {
    day,
    events: counted.length,
    bots: kept.filter(({ record }) => record.bot).length,
    duplicates: kept.filter(({ record, stored }) => !record.bot && stored.duplicate_of !== null).length,
    orders: orders.length,
    revenue: amounts.reduce((sum, amount) => sum + (amount?.baseMinor ?? 0), 0),
    orders_without_rate: amounts.filter((amount) => amount !== undefined && amount.baseMinor === null).length,
  }
}

const matches = (filter: EventFilter, project: string, record: EventRecord): boolean =>
  project === filter.project &&
  (filter.name === undefined || record.name === filter.name) &&
  (filter.userId === undefined || record.userId === filter.userId) &&
  (filter.anonymousId === undefined || record.anonymousId === filter.anonymousId) &&
  (filter.from === undefined || record.occurredAt >= filter.from) &&
  (filter.to === undefined || record.occurredAt < filter.to)

const matchesQuarantine = (filter: QuarantineFilter, { project, record, receivedAt }: KeptQuarantine): boolean =>
  project === filter.project &&
  (filter.keys === undefined || filter.keys.includes(record.rawHash)) &&
  (filter.code === undefined || record.code === filter.code) &&
  (filter.rule === undefined || (record.rule ?? '') === filter.rule) &&
  (filter.source === undefined || (record.source ?? '') === filter.source) &&
  (filter.name === undefined || record.name === filter.name) &&
  (filter.userId === undefined || sentField(record, 'user_id') === filter.userId) &&
  (filter.anonymousId === undefined || sentField(record, 'anonymous_id') === filter.anonymousId) &&
  (filter.from === undefined || receivedAt >= filter.from) &&
  (filter.to === undefined || receivedAt < filter.to)

const sentField = ({ raw }: QuarantineRecord, field: string): unknown => (JSON.parse(raw) as Record<string, unknown>)[field]

function quarantinePage<T>(
  kept: readonly KeptQuarantine[],
  filter: QuarantineFilter,
  { limit, after }: PageOf,
  map: (kept: KeptQuarantine) => T,
): Rows<T> {
  const found = kept.filter((entry) => entry.position > after && matchesQuarantine(filter, entry))
  let text = 0
  const rows = found.slice(0, limit).filter(({ record }) => {
    const isIn = text < maxPageText
    text += record.raw.length
    return isIn
  })
  return { rows: rows.map(map), next: rows.length < found.length ? (rows.at(-1)?.position ?? null) : null }
}

const quarantinedText = ({ record, receivedAt }: KeptQuarantine): QuarantinedText => {
  const { rawHash: key, id, name, code, rule, detail, source, raw, context } = record
  return { key, id, name, receivedAt, code, rule, detail, source, raw, context: JSON.stringify(context) }
}

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
