import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Footprint, GroupCommit, Lag } from '../sinks/sink.ts'
import { eventsBuckets, secondsBuckets } from './buckets.ts'

/** What is counted about the store. */
export interface StoreMetrics {
  commit(seconds: number, events: number): void
  /** A group of deliveries became durable. */
  group(group: GroupCommit): void
  /** A thread of the store ended unasked. */
  restart(thread: 'writer' | 'reader'): void
  /** The store answered a question, or failed to. */
  question(question: string, seconds: number): void
  /** A registry was read from the store. */
  registryRead(): void
}

/** What is looked up about the store whenever somebody asks. */
export interface StoreFacts {
  readonly lag: () => Lag
  readonly footprint: () => Promise<Footprint | null>
}

/** Whoever asks for the metrics must not wait for a disk that does not answer. */
const patienceMs = 1000

export function createStoreMetrics(registry: Registry, { lag, footprint }: StoreFacts): StoreMetrics {
  const registers = [registry]
  const commits = new Histogram({
    name: 'footfall_commit_seconds',
    help: 'From handing a delivery to the store until it is durable.',
    buckets: secondsBuckets,
    registers,
  })
  const deliverySizes = new Histogram({
    name: 'footfall_delivery_events',
    help: 'Events per delivery.',
    buckets: eventsBuckets,
    registers,
  })
  const groupTimes = new Histogram({
    name: 'footfall_group_seconds',
    help: "The writer's transactions, each of which makes a group of deliveries durable.",
    buckets: secondsBuckets,
    registers,
  })
  const syncTimes = new Histogram({
    name: 'footfall_sync_seconds',
    help: 'Of that: the end, in which the disk is waited for (fsync), now and then with a checkpoint.',
    buckets: secondsBuckets,
    registers,
  })
  const groupSizes = new Histogram({
    name: 'footfall_group_events',
    help: 'Events that became durable together.',
    buckets: eventsBuckets,
    registers,
  })
  const restarts = new Counter({
    name: 'footfall_store_thread_restarts_total',
    help: 'Threads of the store that ended unasked, or were given up over a question that took too long.',
    labelNames: ['thread'],
    registers,
  })
  for (const thread of ['writer', 'reader']) restarts.inc({ thread }, 0)
  const questions = new Histogram({
    name: 'footfall_question_seconds',
    help: 'Questions to the store, by what was asked.',
    labelNames: ['question'],
    buckets: secondsBuckets,
    registers,
  })
  const registryReads = new Counter({
    name: 'footfall_registry_reads_total',
    help: 'Registries of sources and aliases that were read from the store: once for each project, and after a change that failed.',
    registers,
  })
  new Gauge({
    name: 'footfall_waiting_events',
    help: 'Events that wait for the disk.',
    registers,
    collect() {
      this.set(lag().waitingEvents)
    },
  })
  new Gauge({
    name: 'footfall_waiting_bytes',
    help: 'What they take in memory, roughly.',
    registers,
    collect() {
      this.set(lag().waitingBytes)
    },
  })
  new Gauge({
    name: 'footfall_waiting_seconds',
    help: 'Age of the oldest delivery that waits for the disk.',
    registers,
    collect() {
      this.set(lag().oldestMs / 1000)
    },
  })
  createFootprintGauges(registry, footprint)

  return {
    commit(seconds, count) {
      commits.observe(seconds)
      deliverySizes.observe(count)
    },
    group({ events, seconds, syncSeconds }) {
      groupTimes.observe(seconds)
      syncTimes.observe(syncSeconds)
      groupSizes.observe(events)
    },
    restart: (thread) => restarts.inc({ thread }),
    question: (question, seconds) => questions.observe({ question }, seconds),
    registryRead: () => registryReads.inc(),
  }
}

/** Absent in memory, and while the disk does not answer: an old figure would look like a good one. */
function createFootprintGauges(registry: Registry, footprint: () => Promise<Footprint | null>): void {
  const registers = [registry]
  new Gauge({
    name: 'footfall_store_bytes',
    help: "The store's file (data), and what was written and is not in its place there yet (log).",
    labelNames: ['file'],
    registers,
    async collect() {
      this.reset()
      const now = await look()
      if (now === null) return
      this.set({ file: 'data' }, now.dataBytes)
      this.set({ file: 'log' }, now.logBytes)
    },
  })
  new Gauge({
    name: 'footfall_disk_bytes',
    help: "Room on the store's disk: free, and the floor below which nothing more is stored.",
    labelNames: ['room'],
    registers,
    async collect() {
      this.reset()
      const now = await look()
      if (now === null) return
      this.set({ room: 'free' }, now.freeBytes)
      this.set({ room: 'floor' }, now.floorBytes)
    },
  })
  let asked: Promise<Footprint | null> | null = null

  /** One look at a time, for everybody who asks: those that a stuck disk does not answer would pile up. */
  async function look(): Promise<Footprint | null> {
    asked ??= footprint()
      .catch(() => null)
      .finally(() => {
        asked = null
      })
    const late = Promise.withResolvers<null>()
    const timer = setTimeout(() => late.resolve(null), patienceMs)
    try {
      return await Promise.race([asked, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}
