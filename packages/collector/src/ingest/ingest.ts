import { limits, type Receipt } from '@footfall/events'
import type { Context } from 'hono'
import type { Config, Project } from '../config.ts'
import { FootfallError, type Refusal, refusalOf } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import type { Rates } from '../normalise/rates.ts'
import { parseUserAgent } from '../normalise/user-agent.ts'
import type { RegionOf } from '../privacy/region.ts'
import { truncateIp } from '../privacy/truncate-ip.ts'
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

/** What ingestion needs, and whom it tells. */
export interface IngestPorts {
  readonly config: Pick<Config, 'projects' | 'trustedProxies' | 'regionRules'>
  readonly keyring: Keyring
  readonly sink: Sink
  readonly now: () => number
  readonly regionOf: RegionOf
  /** The exchange rates in force; they may be replaced while the collector runs. */
  readonly rates: () => Rates | null
  /** Refuses early, before a body is read, when there is no point in reading it. */
  readonly checkRoom: () => Refusal | null
  readonly onReceipt: (project: Project, verdicts: readonly Verdicted[], receivedAt: number) => void
  readonly onDrops: (counts: Readonly<Record<string, number>>) => void
  readonly onFault: (fault: unknown) => void
}

export type Ingested = { readonly kind: 'receipt'; readonly receipt: Receipt } | Refusal

const maxReceivingBytes = 64 * 2 ** 20

/** The way of a batch: receive, decode, authenticate, judge each event, commit, decide. */
export function createIngest(ports: IngestPorts): (c: Context) => Promise<Ingested> {
  const readDevice = createDeviceReader()
  const dayOfProject = new Map(ports.config.projects.map(({ id, timeZone }) => [id, createDayOf(timeZone)]))

  const budget = createBudget(maxReceivingBytes)

  return async (c) => {
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
      return await take(c, hold)
    } finally {
      budget.giveBack(held)
    }
  }

  async function take(c: Context, hold: Hold): Promise<Ingested> {
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

    const receivedAt = ports.now()
    const dayOf = dayOfProject.get(sender.project.id) ?? createDayOf(sender.project.timeZone)
    const sentAt = batch.sent_at ?? null
    const who = whoSends(sender, c, peer)
    const request: RequestContext = {
      ...who,
      claimOf: createClaims({ voice: who.isServer ? 'person' : 'device', region: who.region, sentAt, receivedAt }),
      receivedAt,
      sentAt,
      tracker: batch.tracker,
      dayOf,
      rates: ports.rates(),
      mayBeTooLarge: inflatedBytes > limits.maxEventBytes,
    }
    const shared = batch.shared as RawEvent | undefined
    const judged = batch.events.map((event) => judge(event, shared, request))
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
