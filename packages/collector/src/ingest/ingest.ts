import { type Batch, limits, type Receipt } from '@footfall/events'
import type { Context } from 'hono'
import type { Config, Project } from '../config.ts'
import { FootfallError, type Refusal, refusalOf, refuse } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import type { Rates } from '../normalise/rates.ts'
import { parseUserAgent } from '../normalise/user-agent.ts'
import type { RegionOf } from '../privacy/region.ts'
import { truncateIp } from '../privacy/truncate-ip.ts'
import type { Registry } from '../registry/registry.ts'
import { type Arrival, arrivalOf } from '../sinks/arrival.ts'
import type { Sink, SinkRecord } from '../sinks/sink.ts'
import { authenticate, type Keyring, type Sender } from './authenticate.ts'
import { createBudget } from './budget.ts'
import { createClaims } from './check-consent.ts'
import { commit, dropsOf } from './commit.ts'
import { decide, receiptOf, type Verdicted } from './decide.ts'
import { decode } from './decode.ts'
import { createDeviceReader } from './device.ts'
import { judge, type RequestContext } from './judge.ts'
import { type Peer, peerOf } from './peer.ts'
import { type Hold, receive } from './receive.ts'
import type { RawEvent } from './validate.ts'
import { type Validation, validationOf } from './validation.ts'

/** What ingestion needs, and whom it tells. */
export interface IngestPorts {
  readonly config: Pick<Config, 'projects' | 'trustedProxies' | 'regionRules'>
  readonly keyring: Keyring
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
}

export type Ingested = { readonly kind: 'receipt'; readonly receipt: Receipt } | Refusal
export type Validated = { readonly kind: 'validated'; readonly validation: Validation } | Refusal

/** The ways in, and their rehearsal. */
export interface Ingest {
  /** Takes a batch: receive, decode, authenticate, judge each event, commit, decide. */
  take(c: Context): Promise<Ingested>
  /** Says what would become of a batch that comes with the secret key. Nothing is stored and nothing counted. */
  validate(c: Context): Promise<Validated>
  /** Takes an event that came without a body: it is a visitor's, as a page's is. */
  takeOne(c: Context, writeKey: string, event: RawEvent): Promise<Ingested>
}

const maxReceivingBytes = 64 * 2 ** 20

/** What a request turned out to be: who sends, and what. */
interface Received {
  readonly sender: Sender
  readonly peer: Peer
  readonly batch: Batch
  readonly inflatedBytes: number
}

/** Every way in judges by the same rules, and gives back the room that a body took. */
export function createIngest(ports: IngestPorts): Ingest {
  const readDevice = createDeviceReader()
  const dayOfProject = new Map(ports.config.projects.map(({ id, timeZone }) => [id, createDayOf(timeZone)]))

  const budget = createBudget(maxReceivingBytes)

  return {
    take: (c) => withBatch(c, (received) => deliver(c, received)),
    validate: (c) => withBatch(c, (received) => rehearse(c, received)),
    takeOne,
  }

  async function withBatch<T>(c: Context, act: (received: Received) => Promise<T>): Promise<T | Refusal> {
    const full = ports.checkRoom()
    if (full !== null) return full
    let held = 0
    // What has come, not what was announced: else a few who announce and never send would keep everybody else out.
    const hold: Hold = (bytes) => {
      if (!budget.take(bytes)) return refusalOf(new FootfallError('overloaded', 'Too many bodies are under way.'))
      held += bytes
      return null
    }
    try {
      const received = await receiveBatch(c, hold)
      return 'kind' in received ? received : await act(received)
    } finally {
      budget.giveBack(held)
    }
  }

  async function receiveBatch(c: Context, hold: Hold): Promise<Received | Refusal> {
    const body = await receive(c, limits.maxBatchBytes, hold)
    if (body.kind === 'refused') return body
    const decoded = decode(body.bytes, c.req.header('content-encoding'))
    if (decoded.kind === 'refused') return decoded
    const { batch, inflatedBytes } = decoded
    const peer = peerOf(c, ports.config.trustedProxies)
    const sender = authenticate(ports.keyring, {
      writeKey: batch.write_key,
      authorization: c.req.header('authorization'),
      origin: c.req.header('origin'),
      host: peer.host,
    })
    if (sender.kind === 'refused') return sender
    if (batch.import === true && !sender.isServer) {
      return refuse('wrong_secret_key', 'Rows of a file need the secret key: send it as "Authorization: Bearer <key>".')
    }
    return { sender, peer, batch, inflatedBytes }
  }

  async function takeOne(c: Context, writeKey: string, event: RawEvent): Promise<Ingested> {
    const full = ports.checkRoom()
    if (full !== null) return full
    const peer = peerOf(c, ports.config.trustedProxies)
    const sender = authenticate(ports.keyring, {
      writeKey,
      authorization: undefined,
      origin: c.req.header('origin'),
      host: peer.host,
    })
    if (sender.kind === 'refused') return sender
    return deliver(c, { sender, peer, batch: { write_key: writeKey, events: [event] }, inflatedBytes: 0 })
  }

  async function rehearse(c: Context, received: Received): Promise<Validated> {
    if (!received.sender.isServer)
      return refuse('wrong_secret_key', 'This needs the secret key: send it as "Authorization: Bearer <key>".')
    const { receivedAt, judged } = await judgeAll(c, received)
    return { kind: 'validated', validation: validationOf(judged, receivedAt) }
  }

  async function judgeAll(c: Context, { sender, peer, batch, inflatedBytes }: Received) {
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
    return { receivedAt, dayOf, request, judged: batch.events.map((event) => judge(event, shared, request)) }
  }

  async function deliver(c: Context, received: Received): Promise<Ingested> {
    const { sender, batch } = received
    const { receivedAt, dayOf, request, judged } = await judgeAll(c, received)
    const records = judged.map(({ record }) => record)
    const drops = dropsOf(batch, firstArrival(records), request.device.browser)
    const delivery = {
      project: sender.project.id,
      receivedAt,
      receivedDay: dayOf(receivedAt),
      records,
      drops,
    }
    try {
      const verdicts = decide(judged, await commit(ports.sink, delivery, judged))
      ports.onReceipt(sender.project, verdicts, receivedAt)
      if (drops !== null) ports.onDrops(drops.counts)
      return { kind: 'receipt', receipt: receiptOf(verdicts, receivedAt) }
    } catch (fault) {
      ports.onFault(fault)
      return refusalOf(fault)
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

function firstArrival(records: readonly SinkRecord[]): Arrival | undefined {
  for (const record of records) {
    const arrival = arrivalOf(record)
    if (arrival !== null) return arrival
  }
  return undefined
}
