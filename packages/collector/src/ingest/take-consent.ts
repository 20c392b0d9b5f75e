import {
  type ConsentReceipt,
  ConsentRecord,
  type DecisionPurpose,
  decisionPurposes,
  maxConsentRecordBytes,
} from '@footfall/events'
import type { Context } from 'hono'
import * as v from 'valibot'
import type { Config, Project } from '../config.ts'
import type { Decision, States } from '../consent/decision.ts'
import { type Refusal, refusalOf, refuse } from '../errors.ts'
import type { Keeping } from '../id-cookie.ts'
import type { Limits } from '../limits/limits.ts'
import { createDayOf } from '../normalise/day.ts'
import { readInstant } from '../normalise/instant.ts'
import { parseUserAgent } from '../normalise/user-agent.ts'
import { type Passage, passing, type Way } from '../ops/passage.ts'
import { type Region, type RegionOf, readRegion } from '../privacy/region.ts'
import type { Sink } from '../sinks/sink.ts'
import { authenticate, type Keyring, type Sender } from './authenticate.ts'
import type { Budget } from './budget.ts'
import { decodeJson } from './decode.ts'
import { createDeviceReader } from './device.ts'
import type { Peer } from './peer.ts'
import { keyOf, withGpc } from './read-decision.ts'
import { type Hold, receive } from './receive.ts'

/** What taking a consent record needs. */
export interface ConsentPorts {
  readonly config: Pick<Config, 'projects'>
  readonly keyring: Keyring
  readonly limits: Pick<Limits, 'events'>
  /** Of all bodies that are under way. */
  readonly budget: Budget
  readonly sink: Sink
  readonly now: () => number
  readonly regionOf: RegionOf
  readonly checkRoom: () => Refusal | null
  readonly onFault: (fault: unknown) => void
  /** Times a request from here on. */
  readonly beginPassage: (c: Context, peer: Peer, way: Way) => Passage
}

export type Recorded = { readonly kind: 'recorded'; readonly receipt: ConsentReceipt; readonly keeping: Keeping } | Refusal

/** The way of a consent record: receive, decode, authenticate, read, commit. */
export function createTakeConsent(ports: ConsentPorts): (c: Context, peer: Peer) => Promise<Recorded> {
  const readDevice = createDeviceReader()
  const dayOfProject = new Map(ports.config.projects.map(({ id, timeZone }) => [id, createDayOf(timeZone)]))

  return (c, peer) => {
    const passage = ports.beginPassage(c, peer, 'consent')
    return passing(passage, () => take(c, peer, passage))
  }

  async function take(c: Context, peer: Peer, passage: Passage): Promise<Recorded> {
    const full = ports.checkRoom()
    if (full !== null) return full
    return ports.budget.holding(peer.networks, (hold) => takeBody(c, peer, passage, hold))
  }

  async function takeBody(c: Context, peer: Peer, passage: Passage, hold: Hold): Promise<Recorded> {
    const body = await receive(c, maxConsentRecordBytes, hold)
    passage.through('receive')
    if (body.kind === 'refused') return body
    const decoded = decodeJson(body.bytes, c.req.header('content-encoding'), maxConsentRecordBytes)
    passage.through('decode')
    if (decoded.kind === 'refused') return decoded
    const { success, output: record, issues } = v.safeParse(ConsentRecord, decoded.value)
    if (!success) return badRecord(issues)
    const sender = senderOf(c, record.write_key, peer)
    if (sender.kind === 'refused') return sender
    const limited = sender.isServer ? null : ports.limits.events(peer, sender.writeKey, 1, 0)
    if (limited !== null) return limited

    const { project, isServer } = sender
    passage.brings(project.id, 0)
    const receivedAt = ports.now()
    const decision = decisionIn(record, {
      isServer,
      receivedAt,
      region: isServer ? null : ports.regionOf(c, peer),
      device: (isServer ? parseUserAgent(null) : readDevice(c)).device,
      hasGpc: c.req.header('sec-gpc') === '1',
    })
    passage.through('judge')
    if (decision.kind === 'refused') return decision
    const recorded = await commitDecision(project, decision.decision, receivedAt)
    passage.through('commit')
    return recorded
  }

  /** A server shows the secret key, which names the project already. */
  function senderOf(c: Context, writeKey: string | undefined, peer: Peer): Sender | Refusal {
    return authenticate(ports.keyring, {
      writeKey: writeKey ?? '',
      authorization: c.req.header('authorization'),
      origin: c.req.header('origin'),
      peer,
      pathOf: null,
    })
  }

  async function commitDecision(project: Project, decision: Decision, receivedAt: number): Promise<Recorded> {
    const dayOf = dayOfProject.get(project.id) ?? createDayOf(project.timeZone)
    try {
      const [fate] = await ports.sink.commit({
        project: project.id,
        receivedAt,
        receivedDay: dayOf(receivedAt),
        records: [{ kind: 'decision', decision }],
        drops: null,
      })
      if (fate?.kind !== 'recorded') throw new Error('a fate is missing: the sink must answer for every record of a delivery')
      const { recordId, position, hash } = fate
      const receipt = { record_id: recordId, received_at: new Date(receivedAt).toISOString(), position, hash }
      return { kind: 'recorded', receipt, keeping: deniesOnDevice(decision) ? { kind: 'forget' } : null }
    } catch (fault) {
      ports.onFault(fault)
      return refusalOf(fault)
    }
  }
}

/** Not what a server says of somebody who may be elsewhere. */
const deniesOnDevice = ({ voice, states }: Decision): boolean => voice === 'device' && states.analytics === 'denied'

const refusedRecord = (sentence: string): Refusal => refuse('bad_consent_record', sentence)

/** Names a field only if it is one of ours: any other name is the sender's, and could be anything. */
function badRecord(issues: readonly v.BaseIssue<unknown>[]): Refusal {
  const [field] = issues.map((issue) => v.getDotPath(issue)?.split('.', 1)[0] ?? '')
  const where = field !== undefined && Object.hasOwn(ConsentRecord.entries, field) ? field : 'The body'
  return refusedRecord(`${where} does not have the shape that a consent record has; see /openapi.json.`)
}

interface RecordContext {
  readonly isServer: boolean
  readonly receivedAt: number
  readonly region: Region | null
  readonly device: string
  readonly hasGpc: boolean
}

function decisionIn(
  record: ConsentRecord,
  context: RecordContext,
): { readonly kind: 'decision'; readonly decision: Decision } | Refusal {
  const { isServer, receivedAt, device, hasGpc } = context
  const { write_key: _, record_id, previous_record_id, subject, purposes, policy_version, notice_version, ...rest } = record
  const { event_time, valid_until, jurisdiction, ...about } = rest
  const stated = statesIn(purposes)
  if (Object.keys(stated).length === 0) {
    return refusedRecord(`purposes names none that is asked for; there are ${decisionPurposes.join(', ')}.`)
  }
  const eventTime = event_time === undefined ? receivedAt : readInstant(event_time)
  const validUntil = valid_until === undefined ? null : readInstant(valid_until)
  if (eventTime === null || (valid_until !== undefined && validUntil === null)) {
    return refusedRecord('event_time and valid_until take milliseconds since 1970, or a text such as 2026-11-21T18:00:00Z.')
  }
  const said = readRegion(jurisdiction)
  const region = context.region ?? (said === null ? null : ({ region: said, source: 'stated' } as const))
  const { states, about: proof } = withGpc(stated, hasGpc && !isServer, {
    ...about,
    ...(Array.isArray(purposes) && { purpose_details: purposes }),
    ...(region !== null && { region_source: region.source }),
  })
  // Whoever names neither the decision nor its time means a new one each time.
  const isRepeatable = record_id !== undefined || event_time !== undefined
  const { subject: __, ...content } = { ...record, write_key: undefined }
  return {
    kind: 'decision',
    decision: {
      key: keyOf(isRepeatable ? content : [content, crypto.randomUUID()]),
      recordId: record_id ?? crypto.randomUUID(),
      previousRecordId: previous_record_id ?? null,
      subject: subject ?? null,
      isBinding: true,
      voice: isServer ? 'person' : 'device',
      states,
      decidedAt: Math.min(eventTime, receivedAt),
      validUntil,
      version: policy_version ?? notice_version ?? null,
      region: region?.region ?? null,
      device,
      about: proof,
    },
  }
}

/** A purpose that is listed twice is granted only if it is granted each time. */
function statesIn(purposes: ConsentRecord['purposes']): States {
  const states: { -readonly [P in DecisionPurpose]?: NonNullable<States[P]> } = {}
  if (!Array.isArray(purposes)) {
    for (const purpose of decisionPurposes) {
      const state = purposes[purpose]
      if (state !== undefined) states[purpose] = state
    }
    return states
  }
  for (const { id, state } of purposes) {
    const purpose = decisionPurposes.find((known) => known === id)
    if (purpose !== undefined) states[purpose] = states[purpose] === 'denied' ? 'denied' : state
  }
  return states
}
