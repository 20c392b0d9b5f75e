import { type Batch, limits, type Receipt } from '@footfall/events'
import type { Context } from 'hono'
import type { Config, Project } from '../config.ts'
import { type Refusal, refusalOf, refuse } from '../errors.ts'
import { type Keeping, keepingOf } from '../id-cookie.ts'
import type { Limits } from '../limits/limits.ts'
import { createDayOf } from '../normalise/day.ts'
import type { Rates } from '../normalise/rates.ts'
import { parseUserAgent } from '../normalise/user-agent.ts'
import { type Passage, passing, type Way } from '../ops/passage.ts'
import type { RegionOf } from '../privacy/region.ts'
import { truncateIp } from '../privacy/truncate-ip.ts'
import { admitSources } from '../registry/believed-source.ts'
import type { Registry } from '../registry/registry.ts'
import { type Arrival, arrivalOf } from '../sinks/arrival.ts'
import type { Sink, SinkRecord } from '../sinks/sink.ts'
import { authenticate, type Keyring, type Sender } from './authenticate.ts'
import type { Budget } from './budget.ts'
import { createClaims } from './check-consent.ts'
import { commit, dropsOf } from './commit.ts'
import { decide, receiptOf, type Verdicted } from './decide.ts'
import { announcedBytes, decode, isGzip } from './decode.ts'
import { createDeviceReader } from './device.ts'
import { judge, type RequestContext } from './judge.ts'
import type { Peer } from './peer.ts'
import { type Hold, receive } from './receive.ts'
import { createTurns } from './turns.ts'
import { isRawEvent, type RawEvent } from './validate.ts'
import { type Validation, validationOf } from './validation.ts'

/** What ingestion needs, and whom it tells. */
export interface IngestPorts {
  readonly config: Pick<Config, 'projects' | 'regionRules'>
  readonly keyring: Keyring
  readonly limits: Pick<Limits, 'events' | 'wasted'>
  /** Of all bodies that are under way. */
  readonly budget: Budget
  readonly sink: Sink
  readonly now: () => number
  readonly regionOf: RegionOf
  /** The exchange rates in force; they may be replaced while the collector runs. */
  readonly rates: () => Rates | null
  /** The registry in force of a project. Rejects when it cannot be read: without it, events could be misread. */
  readonly registryOf: (project: string) => Promise<Registry>
  /** Refuses early, before a body is read, when there is no point in reading it. */
  readonly checkRoom: () => Refusal | null
  readonly onReceipt: (project: Project, verdicts: readonly Verdicted[], receivedAt: number) => void
  readonly onDrops: (counts: Readonly<Record<string, number>>) => void
  readonly onFault: (fault: unknown) => void
  /** Times a request from here on. */
  readonly beginPassage: (c: Context, peer: Peer, way: Way) => Passage
}

export type Ingested =
  | { readonly kind: 'receipt'; readonly project: Project; readonly receipt: Receipt; readonly keeping: Keeping }
  | Refusal
export type Validated = { readonly kind: 'validated'; readonly validation: Validation } | Refusal

/** What came without a body, for the project whose key it shows. */
export type EventOf = (project: Project) => Promise<RawEvent>

/** The ways in, and their rehearsal. */
export interface Ingest {
  /**
   * Takes a batch: receive, decode, authenticate, judge each event, commit, decide.
   *
   * @param pathOf the project on whose own path it came
   */
  take(c: Context, peer: Peer, pathOf: Project | null): Promise<Ingested>
  /** Says what would become of a batch that comes with the secret key. Nothing is stored and nothing counted. */
  validate(c: Context, peer: Peer): Promise<Validated>
  /**
   * Takes an event that came without a body: it is a visitor's, as a page's is.
   *
   * @param eventOf makes it, once it is clear that it may come
   */
  takeOne(c: Context, peer: Peer, writeKey: string, eventOf: EventOf): Promise<Ingested>
}

/** Where a batch came from, and in by which path. */
interface Whence {
  readonly peer: Peer
  readonly pathOf: Project | null
}

/** What a request turned out to be: who sends, and what. */
interface Received {
  readonly sender: Sender
  readonly peer: Peer
  readonly batch: Batch
  readonly inflatedBytes: number
  readonly passage: Passage
}

/** In hand are some 2,500 events: as many as the store commits while as many more are judged. A disk that stands still is soon said. */
const inHand = { maxBytes: 2 * 2 ** 20, maxWaitMs: 5000 }

/** Every way in judges by the same rules, and gives back the room that a body took. */
export function createIngest(ports: IngestPorts): Ingest {
  const turns = createTurns(inHand)
  const readDevice = createDeviceReader()
  const dayOfProject = new Map(ports.config.projects.map(({ id, timeZone }) => [id, createDayOf(timeZone)]))

  return {
    take: (c, peer, pathOf) => withBatch(c, 'events', { peer, pathOf }, (received) => deliver(c, received)),
    validate: (c, peer) => withBatch(c, 'validate', { peer, pathOf: null }, (received) => rehearse(c, received)),
    takeOne,
  }

  function withBatch<T extends { readonly kind: string }>(
    c: Context,
    way: Way,
    whence: Whence,
    act: (received: Received) => Promise<T | Refusal>,
  ): Promise<T | Refusal> {
    const passage = ports.beginPassage(c, whence.peer, way)
    return passing(passage, () => holding(c, whence, passage, act))
  }

  async function holding<T>(
    c: Context,
    whence: Whence,
    passage: Passage,
    act: (received: Received) => Promise<T>,
  ): Promise<T | Refusal> {
    const full = ports.checkRoom()
    if (full !== null) return full
    return ports.budget.holding(whence.peer.networks, async (hold) => {
      const body = await receive(c, limits.maxBatchBytes, hold)
      passage.through('receive')
      if (body.kind === 'refused') return body
      const { bytes } = body
      const announced = announcedBytes(bytes)
      // What 5 KB of gzip becomes is kept until the disk has it: many such together must not fill the memory either.
      const tooMuch = hold(announced - bytes.byteLength)
      if (tooMuch !== null) return tooMuch
      return turns.taking(announced, async ({ hasWaited, grow }) => {
        if (hasWaited) passage.through('wait')
        const received = readBatch(c, whence, bytes, passage, (inflatedBytes) => {
          const more = Math.max(0, inflatedBytes - announced)
          grow(more)
          return hold(more)
        })
        return 'kind' in received ? received : await act(received)
      })
    })
  }

  /** @param holdInflated takes into account how large it was, whatever was announced */
  function readBatch(
    c: Context,
    { peer, pathOf }: Whence,
    bytes: Uint8Array,
    passage: Passage,
    holdInflated: Hold,
  ): Received | Refusal {
    const decoded = decode(bytes, c.req.header('content-encoding'))
    passage.through('decode')
    if (decoded.kind === 'refused') {
      ports.limits.wasted(peer, isGzip(bytes) ? limits.maxInflatedBytes : bytes.byteLength)
      return decoded
    }
    const { batch, inflatedBytes } = decoded
    const full = holdInflated(inflatedBytes)
    if (full !== null) return full
    const sender = authenticate(ports.keyring, {
      writeKey: batch.write_key,
      authorization: c.req.header('authorization'),
      origin: c.req.header('origin'),
      peer,
      pathOf,
    })
    if (sender.kind === 'refused') {
      ports.limits.wasted(peer, inflatedBytes)
      return sender
    }
    if (batch.import === true && !sender.isServer) {
      return refuse('wrong_secret_key', 'Rows of a file need the secret key: send it as "Authorization: Bearer <key>".')
    }
    // Whoever has the secret key may do worse than fill the disk.
    const limited = sender.isServer ? null : ports.limits.events(peer, sender.writeKey, batch.events.length, inflatedBytes)
    if (limited !== null) return limited
    passage.brings(sender.project.id, batch.events.length)
    return { sender, peer, batch, inflatedBytes, passage }
  }

  function takeOne(c: Context, peer: Peer, writeKey: string, eventOf: EventOf): Promise<Ingested> {
    const passage = ports.beginPassage(c, peer, 'pixel')
    return passing(passage, () => deliverOne(c, peer, writeKey, eventOf, passage))
  }

  async function deliverOne(c: Context, peer: Peer, writeKey: string, eventOf: EventOf, passage: Passage): Promise<Ingested> {
    const full = ports.checkRoom()
    if (full !== null) return full
    const sender = authenticate(ports.keyring, {
      writeKey,
      authorization: undefined,
      origin: c.req.header('origin'),
      peer,
      pathOf: null,
    })
    if (sender.kind === 'refused') return sender
    const limited = sender.isServer ? null : ports.limits.events(peer, sender.writeKey, 1, 0)
    if (limited !== null) return limited
    const event = await eventOf(sender.project)
    passage.brings(sender.project.id, 1)
    return deliver(c, { sender, peer, batch: { write_key: writeKey, events: [event] }, inflatedBytes: 0, passage })
  }

  async function rehearse(c: Context, received: Received): Promise<Validated> {
    if (!received.sender.isServer)
      return refuse('wrong_secret_key', 'This needs the secret key: send it as "Authorization: Bearer <key>".')
    const { receivedAt, judged } = await judgeAll(c, received)
    return { kind: 'validated', validation: validationOf(judged, receivedAt) }
  }

  async function judgeAll(c: Context, { sender, peer, batch, inflatedBytes, passage }: Received) {
    const registry = await ports.registryOf(sender.project.id)
    const receivedAt = ports.now()
    const dayOf = dayOfProject.get(sender.project.id) ?? createDayOf(sender.project.timeZone)
    const isFileImport = batch.import === true
    // When a file is read says nothing about any clock.
    const sentAt = isFileImport ? null : (batch.sent_at ?? null)
    const who = whoSends(sender, c, peer)
    const request: RequestContext = {
      ...who,
      claimOf: createClaims({ voice: who.isServer ? 'person' : 'device', region: who.region, sentAt, receivedAt }),
      receivedAt,
      sentAt,
      tracker: batch.tracker,
      dayOf,
      rates: ports.rates(),
      registry,
      isFileImport,
      mayBeTooLarge: inflatedBytes > limits.maxEventBytes,
    }
    const shared = batch.shared as RawEvent | undefined
    const judged = batch.events.map((event) => judge(event, shared, request))
    passage.through('judge')
    return { receivedAt, dayOf, request, judged }
  }

  async function admit({ sender, batch }: Received): Promise<void> {
    const { source } = (batch.shared ?? {}) as RawEvent
    const named = batch.events.map((event) => (isRawEvent(event) ? (event.source ?? source) : null))
    admitSources(named, await ports.registryOf(sender.project.id))
  }

  async function deliver(c: Context, received: Received): Promise<Ingested> {
    const { sender, batch } = received
    if (sender.isServer) await admit(received)
    const { receivedAt, dayOf, request, judged } = await judgeAll(c, received)
    const records = judged.map(({ record }) => record)
    const drops = dropsOf(batch, firstArrival(records), request.device.browser)
    const delivery = {
      project: sender.project.id,
      receivedAt,
      receivedDay: dayOf(receivedAt),
      records,
      drops,
      maxQuarantineBytes: roomAside(sender),
    }
    try {
      const fates = await commit(ports.sink, delivery, judged)
      const verdicts = decide(judged, fates)
      ports.onReceipt(sender.project, verdicts, receivedAt)
      if (drops !== null) ports.onDrops(drops.counts)
      const keeping = sender.isServer ? null : keepingOf(verdicts)
      return { kind: 'receipt', project: sender.project, receipt: receiptOf(verdicts, receivedAt), keeping }
    } catch (fault) {
      ports.onFault(fault)
      return refusalOf(fault)
    } finally {
      received.passage.through('commit')
    }
  }

  /** A server speaks for somebody else: its own address and user agent say nothing about them. */
  function whoSends({ project, isServer }: Sender, c: Context, peer: Peer) {
    const hasGpc = c.req.header('sec-gpc') === '1'
    const region = isServer ? null : (ports.regionOf(c, peer)?.region ?? null)
    const common = { project, isServer, hasGpc, region, rules: ports.config.regionRules }
    if (isServer) return { ...common, ip: null, device: parseUserAgent(null) }
    return { ...common, ip: truncateIp(peer.address), device: readDevice(c) }
  }
}

/**
 * Of the quarantine's room, for whoever has no more than the public key: else anybody could fill it, and what tills and imports send with a
 * fault would be lost.
 */
const publicShare = 3 / 4

const roomAside = ({ project, isServer }: Sender): number => project.quarantineMaxBytes * (isServer ? 1 : publicShare)

function firstArrival(records: readonly SinkRecord[]): Arrival | undefined {
  for (const record of records) {
    const arrival = arrivalOf(record)
    if (arrival !== null) return arrival
  }
  return undefined
}
