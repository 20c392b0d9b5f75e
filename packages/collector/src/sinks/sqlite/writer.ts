import { statfsSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createLedger } from '../../consent/ledger.ts'
import { FootfallError } from '../../errors.ts'
import { createDayOf, type DayOf } from '../../normalise/day.ts'
import type { Erasure, ErasureAsk } from '../../privacy/erasure.ts'
import { createSubjectHash } from '../../privacy/subject-hash.ts'
import type { ChangeFate } from '../../registry/registry.ts'
import type { ReplayFate } from '../quarantine.ts'
import { createChores, type End } from './chores.ts'
import { emptyLog } from './empty-log.ts'
import { erase, unfinishedErasures } from './erase.ts'
import { createLedgerTables } from './ledger-tables.ts'
import { isOfStore, openForWriting, readable, storeFile } from './open.ts'
import type { Failure, FromWorker, Reply, StoredProject, ToWriter, WriteAnswer } from './protocol.ts'
import { purge } from './purge.ts'
import { reconcile } from './rebuild.ts'
import { proofBegins } from './receipt-days.ts'
import { createRegister, type RegisterAsk } from './registry-tables.ts'
import { createReplay, type ReplayAsk } from './replay.ts'
import { retain } from './retention.ts'
import { createRevise, type ReviseAsk } from './revise.ts'
import { createTidying } from './tidy-files.ts'
import { createStoreBytes } from './unused-bytes.ts'
import { createWrite } from './write.ts'

/** What the writer's thread is started with. */
export interface WriterData {
  readonly folder: string
  readonly projects: readonly StoredProject[]
  readonly subjectSecret: string
  /** Below this much room on the disk nothing more is written. */
  readonly minFreeBytes: number
  /** Takes over from a writer that died: the reader of this process may have the store's file open. */
  readonly isRestart: boolean
}

// Larger groups would make those who wait longer wait, and gain nothing: a commit of 2,000 rows hides its fsync.
const maxGroupEvents = 2000

/**
 * So many events are copied from the log into the store's tables at a time, between two commits, while they come in groups that are smaller.
 * Left to itself SQLite does it within a commit, four thousand pages at once, and its senders wait for all of them; under full load that
 * is what costs least.
 */
const copiedAtOnce = 500
/** A slice of other work writes about as much as so many events. */
const eventsLikeSlice = 125

/** An erasure that failed is taken up again after this time. */
const erasingAgainMs = 60_000

const { folder, projects, subjectSecret, minFreeBytes, isRestart } = workerData as WriterData
const port = parentPort
if (port === null) throw new Error('writer.ts runs in a worker thread')

const send = (message: FromWorker): void => port.postMessage(message)
const failureOf = (cause: unknown, deed: 'opened' | 'written'): Failure => {
  const { code, message } = readable(cause, folder, deed)
  return { code, message }
}

try {
  const { db, lock } = openForWriting(folder, (migration) => send({ kind: 'migrating', migration }), isRestart)
  try {
    reconcile(db, projects)
  } catch (cause) {
    db.close()
    lock.close()
    throw cause
  }
  const proof = proofBegins(
    db,
    projects.map(({ id }) => id),
  )
  const subjectHash = createSubjectHash(subjectSecret)
  const dayOfs = new Map(projects.map(({ id, timeZone }) => [id, createDayOf(timeZone)]))
  const dayOf = (project: string): DayOf => dayOfs.get(project) ?? createDayOf('UTC')
  let syncSeconds = 0
  const write = createWrite(db, subjectHash, dayOf, (seconds) => {
    syncSeconds = seconds
  })
  const replay = createReplay(db, subjectHash, dayOf)
  const register = createRegister(db)
  const revise = createRevise(db, dayOf)
  const chores = createChores(() => copyBack(eventsLikeSlice))
  const bytes = createStoreBytes(storeFile(folder))
  const tidying = createTidying(db, bytes, chores)
  // A collector that was killed may have left in the log what was erased since.
  ifPossible(() => emptyLog(db))
  for (const ask of unfinishedErasures(db)) startErasing(ask, () => {})
  tidying.begin()
  const probe = db.prepare(
    'INSERT INTO probe (id, written_at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at',
  )
  const hasRoom = createRoomCheck()
  let uncopied = 0

  port.on('message', (first: ToWriter) => {
    const group = drain(first)
    const replies = answerAll(group)
    if (replies.length > 0) send({ kind: 'replies', replies })
    copyBack(group.reduce((sum, message) => sum + sizeOf(message), 0))
    for (const message of group) startChore(message)
    chores.takeTurn()
    const close = group.find(({ kind }) => kind === 'close')
    if (close === undefined) return
    chores.stop()
    tidying.stop()
    ifPossible(() => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'))
    db.close()
    bytes.close()
    lock.close()
    send({ kind: 'replies', replies: [{ id: close.id, answer: null }] })
    port.close()
  })
  send({ kind: 'ready' })

  /** What else writes is little, and is copied with the next events. */
  function copyBack(events: number): void {
    uncopied += events
    if (uncopied < copiedAtOnce || events >= copiedAtOnce) return
    uncopied = 0
    ifPossible(() => db.exec('PRAGMA wal_checkpoint(PASSIVE)'))
  }

  function startChore(message: ToWriter): void {
    const reply = (end: End<unknown>): void => {
      const { id } = message
      const answered = end.kind === 'done' ? { id, answer: end.result } : { id, failure: failureOf(end.cause, 'written') }
      send({ kind: 'replies', replies: [answered] })
    }
    if (message.kind === 'erase') startErasing(message.ask, reply)
    if (message.kind === 'purge') {
      chores.add(
        `purge ${message.id}`,
        () => purge(db, message.ask),
        (end) => {
          reply(end)
          tidying.begin()
        },
      )
    }
    if (message.kind === 'retain') {
      chores.add(
        'retain',
        () => retain(db, message.ask, dayOf, proof),
        (end) => {
          reply(end)
          tidying.begin()
        },
      )
    }
  }

  function startErasing(ask: ErasureAsk, onEnd: (end: End<Erasure>) => void): void {
    const begin = () => erase(db, ask, { subjectHash, dayOf, ledger: createLedger(createLedgerTables(db), subjectHash) })
    chores.add(JSON.stringify(['erase', ask.project, ask.id]), begin, (end) => {
      if (end.kind === 'failed') {
        onEnd(end)
        // What stopped it, a full disk above all, passes; and nobody may ask again.
        setTimeout(() => startErasing(ask, () => {}), erasingAgainMs).unref()
      } else tidying.begin((isOutOfFiles) => onEnd({ kind: 'done', result: { ...end.result, isOutOfFiles } }))
    })
  }

  function answerAll(group: readonly ToWriter[]): readonly Reply[] {
    const writes = group.filter((message) => message.kind === 'write')
    const registrations = group.filter((message) => message.kind === 'register')
    const revisions = group.filter((message) => message.kind === 'revise')
    const replays = group.filter((message) => message.kind === 'replay')
    const probes = group.filter((message) => message.kind === 'probe')
    return [
      ...(writes.length > 0 ? answerWrites(writes) : []),
      ...registrations.map(({ id, ask }) => answer(id, () => registerWithRoom(ask))),
      ...revisions.map(({ id, ask }) => answer(id, () => reviseWithRoom(ask))),
      ...replays.map(({ id, ask }) => answer(id, () => replayWithRoom(ask))),
      ...probes.map(({ id, at }) => answer(id, () => probeWithRoom(at))),
    ]
  }

  function probeWithRoom(at: number): void {
    hasRoom()
    probe.run(at)
  }

  function registerWithRoom(ask: RegisterAsk): ChangeFate {
    hasRoom()
    return register(ask)
  }

  function replayWithRoom(ask: ReplayAsk): readonly ReplayFate[] {
    hasRoom()
    return replay(ask)
  }

  function reviseWithRoom(ask: ReviseAsk): number {
    hasRoom()
    return revise(ask)
  }

  function answerWrites(writes: readonly Extract<ToWriter, { kind: 'write' }>[]): readonly Reply[] {
    try {
      hasRoom()
      const began = performance.now()
      const fates = write(writes.map(({ delivery }) => delivery))
      const events = writes.reduce((sum, message) => sum + sizeOf(message), 0)
      const group = { deliveries: writes.length, events, seconds: (performance.now() - began) / 1000, syncSeconds }
      return writes.map(({ id }, index) => {
        const answered: WriteAnswer = { fates: fates[index] ?? [], group: index === 0 ? group : null }
        return { id, answer: answered }
      })
    } catch (cause) {
      // One delivery that cannot be stored must not take the others of its group down with it. Where the store is at fault, each would
      // only wait for it once more.
      if (writes.length > 1 && !isOfStore(cause)) return writes.flatMap((message) => answerWrites([message]))
      return writes.map(({ id }) => ({ id, failure: failureOf(cause, 'written') }))
    }
  }
} catch (cause) {
  send({ kind: 'failed', failure: failureOf(cause, 'opened') })
  port.close()
}

/** What a full or failing disk may keep from being done, and is done later as well. */
function ifPossible(act: () => unknown): void {
  try {
    act()
  } catch (cause) {
    if (!isOfStore(cause)) throw cause
  }
}

/** Everything that waits already shares the commit, and with it the fsync. */
function drain(first: ToWriter): readonly ToWriter[] {
  const group = [first]
  let events = sizeOf(first)
  while (events < maxGroupEvents && port !== null) {
    const waiting = receiveMessageOnPort(port)
    if (waiting === undefined) break
    group.push(waiting.message as ToWriter)
    events += sizeOf(waiting.message as ToWriter)
  }
  return group
}

function sizeOf(message: ToWriter): number {
  return message.kind === 'write' ? message.delivery.records.length : 0
}

function answer(id: number, act: () => unknown): Reply {
  try {
    return { id, answer: act() }
  } catch (cause) {
    return { id, failure: failureOf(cause, 'written') }
  }
}

/** Refuses while the disk is nearly full: the rest of its room belongs to checkpoints, and to whoever comes to make some. */
function createRoomCheck(): () => void {
  let checkedAt = Number.NEGATIVE_INFINITY
  let freeBytes = Number.POSITIVE_INFINITY
  return () => {
    // By a clock that nobody can set back.
    const now = performance.now()
    if (now - checkedAt > 1000) {
      checkedAt = now
      const { bavail, bsize } = statfsSync(folder)
      freeBytes = bavail * bsize
    }
    if (freeBytes >= minFreeBytes) return
    const sentence = `Only ${Math.floor(freeBytes / 2 ** 20)} MiB are free in ${folder}; make room, nothing is stored until then.`
    throw new FootfallError('disk_low', sentence)
  }
}
