import { stat, statfs } from 'node:fs/promises'
import { FootfallError } from '../../errors.ts'
import type { Erasure, ErasureAsk } from '../../privacy/erasure.ts'
import type { Aged, RetentionAsk } from '../../privacy/retention.ts'
import { createSubjectHash } from '../../privacy/subject-hash.ts'
import type { SubjectQuestion } from '../../privacy/subjects-export.ts'
import type { ChangeFate, RegistryChange } from '../../registry/registry.ts'
import type { QuarantineFilter, Replay, ReplayFate } from '../quarantine.ts'
import type { Revision } from '../revision.ts'
import type { DecisionRecord, Delivery, Fate, Footprint, GroupCommit, Lag, PageOf, SinkRecord, Store } from '../sink.ts'
import { eventRow } from './columns.ts'
import { type Migration, storeFile } from './open.ts'
import type { Questions, StoredProject, WriteAnswer, WriteDelivery, WriteRecord } from './protocol.ts'
import type { ReaderData } from './reader.ts'
import { revisionRow } from './revise.ts'
import { startThread, type Thread } from './thread.ts'
import type { RecordOfEvent } from './write.ts'
import type { WriterData } from './writer.ts'

export interface SqliteOptions {
  /** Folder of `footfall.db`; made when it is missing. */
  readonly folder: string
  readonly projects: readonly StoredProject[]
  /** What people's pseudonyms are made with: see `createSubjectHash`. The same at every start. */
  readonly subjectSecret: string
  /** Events that may wait for the disk. Beyond it, deliveries are refused with `overloaded`. */
  readonly maxWaitingEvents?: number
  /** The same in bytes of what waits. */
  readonly maxWaitingBytes?: number
  /** A question that takes longer is given up with `query_timeout`, in milliseconds. */
  readonly queryTimeoutMs?: number
  readonly minFreeBytes?: number
  /** Hears before a store of an older version is migrated, which can take minutes. */
  readonly onMigration?: (migration: Migration) => void
  /** Hears of each group of deliveries that became durable together. */
  readonly onGroup?: (group: GroupCommit) => void
  /** Hears that a thread has ended unasked, or was given up; another takes over. */
  readonly onRestart?: (thread: 'writer' | 'reader') => void
  readonly now?: () => number
  /** @defaultValue real worker threads */
  readonly start?: typeof startThread
}

/** A thread that died is started again at most this often: a store that cannot be opened must not become a busy loop. */
const restartPauseMs = 1000

/**
 * The embedded store: one file, one thread that writes it, one that reads it. This side never touches the disk.
 *
 * Deliveries that arrive while a commit is under way share the next one, and with it the fsync.
 */
export function createSqliteSink(options: SqliteOptions): Store {
  const {
    folder,
    projects,
    subjectSecret,
    maxWaitingEvents = 10_000,
    maxWaitingBytes = 32 * 2 ** 20,
    queryTimeoutMs = 10_000,
  } = options
  const now = options.now ?? Date.now
  const minFreeBytes = options.minFreeBytes ?? 64 * 2 ** 20
  const hashOf = createSubjectHash(subjectSecret)
  const start = options.start ?? startThread
  const readerData: ReaderData = { folder }

  let isDamaged = false
  let writer = startWriter(false)
  let reader: Thread | null = null
  let closing: Promise<void> | null = null
  let restart: NodeJS.Timeout | null = null
  let waitingEvents = 0
  let waitingBytes = 0
  const waitingSince = new Set<{ readonly since: number }>()

  writer.ready.then(watchWriter, () => {})

  return {
    ready: writer.ready,
    commit,
    lag,
    footprint,
    probe,
    close,
    events,
    quarantine,
    quarantined: (filter, page) => question('quarantined', { filter, page }),
    replay,
    purge,
    traffic,
    completeness,
    consent,
    quality,
    consentOf,
    tombstoneOf: (project, id) => question('tombstoneOf', { project, subject: hashOf(project, id) }),
    subject,
    erase,
    retain,
    registry: (project) => question('registry', project),
    register,
    heardSources: (ask) => question('heardSources', ask),
    sentNames: (project, page) => question('sentNames', { project, ...page }),
    unknownEvents: (ask, page) => question('unknownEvents', { ...ask, page }),
    renamedEvents: (ask, page) => question('renamedEvents', { ...ask, page }),
    countUnknown: (ask, page) => question('countUnknown', { ...ask, page }),
    revise,
  }

  async function commit(delivery: Delivery): Promise<readonly Fate[]> {
    if (closing !== null) throw closed()
    const message = { kind: 'write', delivery: writeDelivery(delivery) } as const
    const events = delivery.records.length
    const bytes = sizeOf(message.delivery)
    if (waitingEvents + events > maxWaitingEvents || waitingBytes + bytes > maxWaitingBytes) {
      throw new FootfallError('overloaded', 'Too many events wait for the disk.')
    }
    const ticket = { since: performance.now() }
    waitingEvents += events
    waitingBytes += bytes
    waitingSince.add(ticket)
    try {
      const { fates, group } = (await writer.ask(message)) as WriteAnswer
      if (group !== null) options.onGroup?.(group)
      return fates
    } finally {
      waitingEvents -= events
      waitingBytes -= bytes
      waitingSince.delete(ticket)
    }
  }

  function lag(): Lag {
    // A set keeps the order of its insertions: the first is the oldest.
    const oldest = waitingSince.values().next().value
    return { waitingEvents, waitingBytes, oldestMs: oldest === undefined ? 0 : Math.round(performance.now() - oldest.since) }
  }

  /** Looks at the file's entry only: to open the file, and close it, would take SQLite's locks away. */
  async function footprint(): Promise<Footprint> {
    const file = storeFile(folder)
    const [data, log, { bavail, bsize }] = await Promise.all([stat(file), stat(`${file}-wal`).catch(() => null), statfs(folder)])
    return { dataBytes: data.size, logBytes: log?.size ?? 0, freeBytes: bavail * bsize, floorBytes: minFreeBytes }
  }

  async function probe(): Promise<void> {
    if (closing !== null) throw closed()
    const written = now()
    await withinTime(writer, writer.ask({ kind: 'probe', at: written }), false)
    const read = await question('probe', null)
    if (read === null || read < written) throw new FootfallError('store_unavailable', 'What was written cannot be read back.')
  }

  function events(filter: Questions['events']['ask']['filter'], page: Questions['events']['ask']['page']) {
    return question('events', { filter, page })
  }

  function quarantine(filter: QuarantineFilter, page: PageOf) {
    return question('quarantine', { filter, page })
  }

  async function replay({ rows, ...ask }: Replay): Promise<readonly ReplayFate[]> {
    if (closing !== null) throw closed()
    await writer.ready
    const judged = rows.map(({ key, record, receivedAt, isPatched }) => ({
      key,
      record: eventRecordRow(record, ask.project, receivedAt),
      isPatched,
    }))
    return (await writer.ask({ kind: 'replay', ask: { ...ask, rows: judged } })) as readonly ReplayFate[]
  }

  /** Takes as long as it takes: commits go before each of its slices. */
  async function purge(filter: QuarantineFilter): Promise<number> {
    if (closing !== null) throw closed()
    await writer.ready
    return (await writer.ask({ kind: 'purge', ask: filter })) as number
  }

  function traffic(ask: Questions['traffic']['ask']) {
    return question('traffic', ask)
  }

  function completeness(ask: Questions['completeness']['ask']) {
    return question('completeness', ask)
  }

  function consent(ask: Questions['consent']['ask']) {
    return question('consent', ask)
  }

  function quality(ask: Questions['quality']['ask']) {
    return question('quality', ask)
  }

  function subject(ask: SubjectQuestion) {
    return question('subject', { ...ask, subjectHash: hashOf(ask.project, ask.id) })
  }

  /** Takes as long as it takes: commits go before each of its slices. */
  async function erase(ask: ErasureAsk): Promise<Erasure> {
    if (closing !== null) throw closed()
    await writer.ready
    return (await writer.ask({ kind: 'erase', ask })) as Erasure
  }

  async function retain(ask: readonly RetentionAsk[]): Promise<readonly Aged[]> {
    if (closing !== null) throw closed()
    await writer.ready
    return (await writer.ask({ kind: 'retain', ask })) as readonly Aged[]
  }

  async function register(project: string, change: RegistryChange): Promise<ChangeFate> {
    if (closing !== null) throw closed()
    await writer.ready
    return (await withinTime(writer, writer.ask({ kind: 'register', ask: { project, change } }), false)) as ChangeFate
  }

  async function revise(project: string, revisions: readonly Revision[]): Promise<number> {
    if (closing !== null) throw closed()
    await writer.ready
    return (await writer.ask({ kind: 'revise', ask: { project, revisions: revisions.map(revisionRow) } })) as number
  }

  function consentOf(project: string, subject: string, page: Questions['consentOf']['ask']['page']) {
    return question('consentOf', { project, subject: hashOf(project, subject), page })
  }

  async function question<Q extends keyof Questions>(kind: Q, ask: Questions[Q]['ask']): Promise<Questions[Q]['answer']> {
    if (closing !== null) throw closed()
    // The reader opens an existing file, so it has to wait for the writer to make it.
    await writer.ready
    const thread = askable()
    await thread.ready
    return (await withinTime(thread, thread.ask({ kind, ask }), true)) as Questions[Q]['answer'] // the reader answers by `Questions`
  }

  /** The reading thread, from the first question on; a new one where the last died or was given up. */
  function askable(): Thread {
    if (reader !== null) return reader
    const thread = start('reader', readerData)
    reader = thread
    const forget = (): void => {
      if (reader !== thread) return
      reader = null
      if (closing === null) options.onRestart?.('reader')
    }
    thread.gone.then(forget, forget)
    return thread
  }

  /** SQLite cannot be interrupted from here, so a question that takes too long costs its thread. A writing thread is never ended. */
  async function withinTime(thread: Thread, asked: Promise<unknown>, isExpendable: boolean): Promise<unknown> {
    const timeout = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const late = new FootfallError('query_timeout', 'The store took too long to answer.')
      timeout.reject(late)
      if (!isExpendable) return
      if (reader === thread) {
        reader = null
        options.onRestart?.('reader')
      }
      thread.kill(late)
    }, queryTimeoutMs)
    try {
      return await Promise.race([asked, timeout.promise])
    } finally {
      clearTimeout(timer)
      asked.catch(() => {})
    }
  }

  /**
   * A writer that comes upon a damaged page is the last one: what it would store from now on could be lost with the rest, and what it
   * would change could spoil what may still be saved. What it said is everybody's answer.
   */
  function startWriter(isRestart: boolean): Thread {
    const writerData: WriterData = { folder, projects, subjectSecret, minFreeBytes, isRestart }
    const thread = start('writer', writerData, options.onMigration)
    const look = (fault: unknown): never => {
      if (fault instanceof FootfallError && fault.code === 'store_corrupt') {
        isDamaged = true
        thread.kill(fault)
      }
      throw fault
    }
    thread.ready.catch(look).catch(() => {})
    return { ...thread, ask: (message) => thread.ask(message).catch(look) }
  }

  /** A writer that died has lost what waited for it, and its senders send it again: a new one takes over. */
  function watchWriter(): void {
    void writer.gone.then(() => {
      if (closing !== null || isDamaged) return
      options.onRestart?.('writer')
      restart = setTimeout(() => {
        restart = null
        writer = startWriter(true)
        watchWriter()
      }, restartPauseMs)
    })
  }

  function close(): Promise<void> {
    closing ??= letGo()
    return closing
  }

  async function letGo(): Promise<void> {
    if (restart !== null) clearTimeout(restart)
    // Opening cannot be called off; what has not opened has nothing to finish.
    await writer.ready.catch(() => {})
    // The reader goes first: it would keep the writer from emptying the log.
    await finish(reader)
    await finish(writer)
  }
}

const closed = (): FootfallError => new FootfallError('closing', 'The store is closed.')

async function finish(thread: Thread | null): Promise<void> {
  if (thread === null) return
  await thread.ask({ kind: 'close' }).catch(() => {})
  await thread.gone
}

/** As the writer takes it. */
export const writeDelivery = ({ records, drops, ...received }: Delivery): WriteDelivery => ({
  ...received,
  records: records.map((record) => writeRecord(record, received.project, received.receivedAt)),
  drops: drops === null ? null : { ...drops, counts: Object.entries(drops.counts) },
})

const writeRecord = (record: SinkRecord, project: string, receivedAt: number): WriteRecord =>
  record.kind === 'decision' ? record : eventRecordRow(record, project, receivedAt)

function eventRecordRow(record: Exclude<SinkRecord, DecisionRecord>, project: string, receivedAt: number): RecordOfEvent {
  switch (record.kind) {
    case 'event':
      return { kind: 'event', ...eventRow(record, project, receivedAt) }
    case 'quarantine': {
      const { context, ...rest } = record
      return { ...rest, context: JSON.stringify(context) }
    }
    case 'rejected':
      return record
  }
}

/** Roughly what a delivery keeps in memory while it waits: its text, at two bytes a character. */
const sizeOf = ({ records }: WriteDelivery): number =>
  records.reduce((bytes, record) => {
    if (record.kind === 'quarantine') return bytes + 2 * (record.raw.length + record.context.length)
    if (record.kind === 'rejected') return bytes
    if (record.kind === 'decision') return bytes + 2 * JSON.stringify(record).length
    return bytes + record.cells.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? 2 * cell.length : 8), 0)
  }, 0)
