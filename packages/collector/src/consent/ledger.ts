import { type ConsentState, type DecisionPurpose, decisionPurposes } from '@footfall/events'
import type { SubjectHash } from '../privacy/subject-hash.ts'
import { beginning, type Link, linkAfter } from './chain.ts'
import {
  type Claim,
  type Decision,
  hasPurpose,
  isAnonymous,
  type PurposeSet,
  purposesIn,
  type States,
  type Voice,
} from './decision.ts'

/** What the ledger says about one decision, summed up over all entries that name it. */
export interface RecordSummary {
  /** Denied in any entry about it: dead for these purposes for good. */
  readonly denied: PurposeSet
  readonly granted: PurposeSet
  /** Did anybody tell of it, other than events that cite it? */
  readonly isExplicit: boolean
  /** Did everybody who told of it say whose it is, and nobody else's? In whatever order they did. */
  readonly isOwned: boolean
  /** Of the first entry that names it as the decision made. */
  readonly decidedAt: number
  readonly receivedAt: number
  readonly position: number
  readonly validUntil: number | null
}

/** The last word of one voice about one subject and purpose. */
export interface LastWord {
  readonly voice: Voice
  readonly purpose: DecisionPurpose
  readonly state: ConsentState
  readonly decidedAt: number
  readonly position: number
  readonly recordId: string
  /** When the purpose was last denied, and by which entry; 0 when never. */
  readonly deniedAt: number
  readonly deniedPosition: number
}

/** How a subject came to a record: by events that cite it, by word of a device, by word of a server. */
export type Holding = { readonly [H in 'cited' | Voice]: boolean }

export const noHolding: Holding = { cited: false, device: false, person: false }

/** How often the question was put and how it was answered, by what it is counted by. */
export interface ConsentCount {
  readonly day: string
  readonly purpose: DecisionPurpose
  readonly region: string | null
  readonly device: string
  readonly version: string | null
  readonly answer: ConsentAnswerKind
}
export type ConsentAnswerKind = 'asked' | 'granted' | 'refused' | 'withdrawn'

/** Where the ledger is kept. Subjects are pseudonyms here. All of it is written in the transaction of the delivery. */
export interface LedgerTables {
  head(project: string): { readonly position: number; readonly hash: string } | null
  append(project: string, link: Link): void
  findKey(project: string, key: string): Link | null
  record(project: string, recordId: string): RecordSummary | null
  putRecord(project: string, recordId: string, summary: RecordSummary): void
  holding(project: string, recordId: string, subject: string): Holding
  putHolding(project: string, recordId: string, subject: string, holding: Holding): void
  /** The one who holds the record; `null` where nobody does, or several. */
  soleHolder(project: string, recordId: string): string | null
  lastWords(project: string, subject: string): readonly LastWord[]
  putLastWord(project: string, subject: string, word: LastWord): void
  count(project: string, count: ConsentCount): void
}

/** When, and on which day, something was received. */
export interface Receiving {
  readonly receivedAt: number
  readonly receivedDay: string
}

/** What became of a decision. */
export interface Entered {
  readonly recordId: string
  /** `null` for an anonymous answer, which is counted and not kept. */
  readonly position: number | null
  readonly hash: string | null
  /** Was the same decision there before? */
  readonly isRepeated: boolean
}

/** The append-only proof of who agreed to what: every entry is sealed together with all before it. */
export interface Ledger {
  /** Forgets what it remembers: another transaction begins, and the one before may have been undone. */
  begin(): void
  /** Enters a decision, once however often it is delivered. */
  enter(project: string, decision: Decision, at: Receiving): Entered
  /** Enters that events cite a decision of which nobody has told, or of somebody else than it was told of. */
  cite(project: string, claim: Claim & { readonly recordId: string }, subject: string | null, at: Receiving): void
  /** Enters that what was kept about somebody was erased. The entries about their decisions stay, as proof about a pseudonym. */
  erase(project: string, id: string, at: number): void
}

const schemaVersion = 'ff-consent/1'

export function createLedger(tables: LedgerTables, hashOf: SubjectHash): Ledger {
  const heads = new Map<string, { readonly position: number; readonly hash: string }>()

  return {
    begin: () => heads.clear(),
    enter,
    erase,
    cite(project, claim, subject, { receivedAt }) {
      const decidedAt = claim.decidedAt ?? receivedAt
      const link = append(project, {
        ...dated(decidedAt, receivedAt),
        event_type: 'cited',
        method: 'cited',
        record_id: claim.recordId,
        ...whose(subject, claim.voice),
        purposes: claim.states,
        notice_version: claim.version ?? undefined,
        source: claim.source ?? undefined,
        jurisdiction: claim.region ?? undefined,
      })
      const known = tables.record(project, claim.recordId)
      const granted = (known?.granted ?? 0) | purposesIn(claim.states, 'granted')
      const fresh = { ...emptySummary, decidedAt, receivedAt, position: link.position }
      tables.putRecord(project, claim.recordId, { ...(known ?? fresh), granted })
      hold(project, claim.recordId, subject ?? '', 'cited')
    },
  }

  function erase(project: string, id: string, at: number): void {
    append(project, {
      ...dated(at, at),
      event_type: 'erasure',
      event_state: 'withdrawn',
      method: 'erasure',
      subject: hashOf(project, id),
    })
  }

  function enter(project: string, decision: Decision, at: Receiving): Entered {
    const { recordId, previousRecordId, subject } = decision
    if (isAnonymous(decision)) {
      for (const [purpose, answer] of answersOf(decision.states, null)) count(project, decision, at, purpose, answer)
      return { recordId, position: null, hash: null, isRepeated: false }
    }
    const named = subject === null ? null : hashOf(project, subject)
    // With the secret in it: else the key could tell a guessed id from a wrong guess.
    const key = hashOf(project, `${decision.key} ${subject ?? ''}`)
    const twin = tables.findKey(project, key)
    if (twin !== null) {
      const { record_id } = JSON.parse(twin.entry) as { readonly record_id: string }
      return { recordId: record_id, position: twin.position, hash: twin.hash, isRepeated: true }
    }
    // A page that takes consent back has forgotten who it was. The record that it names has not: so the withdrawal stands in that
    // person's history, and refuses what still comes in their name.
    const inherited = named ?? (previousRecordId === null ? null : tables.soleHolder(project, previousRecordId))
    const previous = previousRecordId === null ? null : tables.record(project, previousRecordId)
    const known = tables.record(project, recordId)
    const link = append(project, {
      ...dated(decision.decidedAt, at.receivedAt),
      event_type: 'explicit',
      event_state: eventState(decision.states, previous),
      key,
      record_id: recordId,
      previous_record_id: previousRecordId ?? undefined,
      ...whose(inherited, decision.voice),
      subject_from: named === null && inherited !== null ? 'previous_record_id' : undefined,
      purposes: decision.states,
      notice_version: decision.version ?? undefined,
      jurisdiction: decision.region ?? undefined,
      valid_until: decision.validUntil === null ? undefined : isoText(decision.validUntil),
      ...decision.about,
    })
    const { denied, granted } = setsOf(decision.states)
    const { decidedAt, validUntil } = decision
    const fresh = { ...emptySummary, decidedAt, receivedAt: at.receivedAt, position: link.position }
    const before = known ?? fresh
    tables.putRecord(project, recordId, {
      ...before,
      denied: before.denied | denied,
      granted: before.granted | granted,
      isExplicit: true,
      isOwned: (!before.isExplicit || before.isOwned) && named !== null && decision.isBinding,
      decidedAt: Math.min(before.decidedAt, decidedAt),
      validUntil: earlier(before.validUntil, validUntil),
    })
    if (named !== null) hold(project, recordId, named, decision.voice)
    if (previousRecordId !== null && previousRecordId !== recordId && denied !== 0) {
      const replaced = previous ?? fresh
      tables.putRecord(project, previousRecordId, { ...replaced, denied: replaced.denied | denied })
    }
    if (inherited !== null) speak(project, inherited, decision, link.position)
    // A decision told twice, by an event and by a record, was made once.
    if (known?.isExplicit !== true) {
      for (const [purpose, answer] of answersOf(decision.states, previous)) count(project, decision, at, purpose, answer)
    }
    return { recordId, position: link.position, hash: link.hash, isRepeated: false }
  }

  function append(project: string, content: object): Link {
    const head = heads.get(project) ?? tables.head(project) ?? { position: 0, hash: beginning(project) }
    const link = linkAfter(head, { schema_version: schemaVersion, ...content })
    tables.append(project, link)
    heads.set(project, link)
    return link
  }

  function hold(project: string, recordId: string, subject: string, how: keyof Holding): void {
    const holding = tables.holding(project, recordId, subject)
    if (!holding[how]) tables.putHolding(project, recordId, subject, { ...holding, [how]: true })
  }

  /** The newest by its time counts; of two at the same time, the one that was entered later. */
  function speak(project: string, subject: string, { voice, states, decidedAt, recordId }: Decision, position: number): void {
    const words = tables.lastWords(project, subject)
    for (const purpose of decisionPurposes) {
      const state = states[purpose]
      if (state === undefined || state === 'unknown') continue
      const last = words.find((word) => word.voice === voice && word.purpose === purpose)
      const isNewest = last === undefined || decidedAt >= last.decidedAt
      const isLastDenial = state === 'denied' && (last === undefined || decidedAt >= last.deniedAt)
      if (!isNewest && !isLastDenial) continue
      tables.putLastWord(project, subject, {
        ...(isNewest || last === undefined ? { voice, purpose, state, decidedAt, position, recordId } : last),
        deniedAt: isLastDenial ? decidedAt : (last?.deniedAt ?? 0),
        deniedPosition: isLastDenial ? position : (last?.deniedPosition ?? 0),
      })
    }
  }

  function count(
    project: string,
    { region, device, version }: Decision,
    { receivedDay }: Receiving,
    purpose: DecisionPurpose,
    answer: ConsentAnswerKind,
  ): void {
    tables.count(project, { day: receivedDay, purpose, region, device, version, answer })
  }
}

/** Of a record that nobody has told anything about. */
export const emptySummary = { denied: 0, granted: 0, isExplicit: false, isOwned: false, validUntil: null } as const

const isoText = (instant: number): string => new Date(instant).toISOString()

function dated(decidedAt: number, receivedAt: number): object {
  const received = isoText(receivedAt)
  return { event_time: decidedAt === receivedAt ? received : isoText(decidedAt), received_at: received }
}

const whose = (subject: string | null, voice: Voice): object => (subject === null ? {} : { subject, subject_kind: voice })

const setsOf = (states: States) => ({ denied: purposesIn(states, 'denied'), granted: purposesIn(states, 'granted') })

const earlier = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other)

/** `given` once anything is granted; what takes back something granted is a withdrawal. */
function eventState(states: States, previous: RecordSummary | null): string {
  const { denied, granted } = setsOf(states)
  if (denied !== 0 && previous !== null && (previous.granted & denied) !== 0) return 'withdrawn'
  return granted !== 0 ? 'given' : denied !== 0 ? 'refused' : 'asked'
}

/** What of a decision is new against the one it replaces: only that is an answer. */
type Answer = readonly [purpose: DecisionPurpose, answer: ConsentAnswerKind]

function answersOf(states: States, previous: RecordSummary | null): readonly Answer[] {
  return decisionPurposes.flatMap((purpose): readonly Answer[] => {
    const state = states[purpose]
    const wasGranted = previous !== null && hasPurpose(previous.granted, purpose) && !hasPurpose(previous.denied, purpose)
    const wasDenied = previous !== null && hasPurpose(previous.denied, purpose)
    if (state === 'unknown') return previous === null ? [[purpose, 'asked']] : []
    if (state === 'granted') return wasGranted ? [] : [[purpose, 'granted']]
    if (state === 'denied') return wasDenied ? [] : [[purpose, wasGranted ? 'withdrawn' : 'refused']]
    return []
  })
}
