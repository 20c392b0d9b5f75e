import { limits } from '@footfall/events'
import type { Project } from '../config.ts'
import { isAnonymous } from '../consent/decision.ts'
import { createClaims } from '../ingest/check-consent.ts'
import { judge, type RequestContext } from '../ingest/judge.ts'
import type { RawEvent } from '../ingest/validate.ts'
import type { DayOf } from '../normalise/day.ts'
import { createNotes, type Fault, type Notes } from '../normalise/notes.ts'
import type { Rates } from '../normalise/rates.ts'
import type { DeviceType } from '../normalise/user-agent.ts'
import type { RegionRules } from '../privacy/region-rules.ts'
import type { Registry } from '../registry/registry.ts'
import { resolveName } from '../registry/resolve-name.ts'
import type { QuarantinedText, Replayed } from '../sinks/quarantine.ts'
import type { QuarantineContext } from './keep.ts'
import { mergePatch, type Patch } from './patch.ts'

/** What a replay judges by that is of today. All else is as it was when the event came. */
export interface Today {
  readonly project: Project
  readonly rules: RegionRules
  readonly registry: Registry
  readonly rates: Rates | null
  readonly dayOf: DayOf
}

/** A row that was judged again. */
export interface Rejudged {
  /** What the store is to do; `null` where the patch may not be used. */
  readonly replayed: Replayed | null
  readonly fault: Pick<Fault, 'code' | 'detail'> | typeof notPatchable | null
}

const notPatchable = {
  code: 'not_patchable',
  detail: 'The event tells of a decision about consent; a patch would put words into the mouth of whoever decided',
} as const

/** Judges a row of the quarantine as if its event came for the first time, but by today's registry, and with a patch if there is one. */
export function judgeAgain(row: QuarantinedText, patch: Patch | null, today: Today): Rejudged {
  const sent = JSON.parse(row.raw) as RawEvent // only objects are kept aside
  const event = patch === null ? sent : (mergePatch(sent, patch) as RawEvent) // a patch is an object: see `checkPatch`
  if (patch !== null && (isDecision(sent, today) || isDecision(event, today))) return { replayed: null, fault: notPatchable }

  const context = contextIn(row)
  const { record, fault } = judge(event, undefined, requestOf(context, row.receivedAt, today), notesIn(context))
  if (record.kind === 'decision') throw new Error('no event is judged to be a decision alone')
  const isUntold =
    !context.is_decision_told && record.kind === 'event' && record.decision !== null && isAnonymous(record.decision)
  const replayed = {
    key: row.key,
    receivedAt: row.receivedAt,
    record: record.kind === 'rejected' || isUntold ? record : { ...record, decision: null },
    isPatched: patch !== null,
  }
  return { replayed, fault }
}

const isDecision = ({ name }: RawEvent, { registry }: Today): boolean =>
  typeof name === 'string' && name.length <= limits.maxNameLength && resolveName(name, registry).name === 'consent_updated'

/** Rows of earlier versions lack what came later. Where nothing is known of the region or the decision, the stricter is taken. */
const contextIn = ({ context }: QuarantinedText): QuarantineContext => ({
  received_at: '',
  sent_at: null,
  is_server: false,
  is_file_import: false,
  gpc: false,
  region: null,
  ip: null,
  device: { type: 'unknown', browser: null, os: null, in_app: null },
  bot: false,
  tracker: null,
  noted: { repairs: [], flags: [] },
  is_decision_told: true,
  ...(JSON.parse(context) as Partial<QuarantineContext>), // written by ourselves
})

/** What the row does not show any more. Numbers it does: a patch may have mended them, and what it has not is noted again. */
const notesIn = ({ noted }: QuarantineContext): Notes => {
  const notes = createNotes()
  notes.repairs.push(...noted.repairs.filter(({ rule }) => rule !== 'EV-DIGITS'))
  for (const flag of noted.flags) notes.flags.add(flag)
  if (!notes.repairs.some(({ rule }) => rule === 'EV-NUMBER')) notes.flags.delete('bad_property')
  return notes
}

function requestOf(context: QuarantineContext, receivedAt: number, { project, rules, ...today }: Today): RequestContext {
  const { sent_at: sentAt, is_server: isServer, is_file_import: isFileImport, gpc: hasGpc, region, ip, device, tracker } = context
  return {
    ...today,
    project,
    rules,
    receivedAt,
    sentAt,
    isServer,
    isFileImport,
    hasGpc,
    region,
    ip,
    device: {
      status: 'ok',
      device: device.type as DeviceType, // as it was read
      browser: device.browser,
      os: device.os,
      osVersion: null,
      inApp: device.in_app,
      bot: context.bot,
      rule: 'UA-TOKENS',
    },
    claimOf: createClaims({ voice: isServer ? 'person' : 'device', region, sentAt, receivedAt }),
    tracker: tracker ?? undefined,
    // Of the request's size nothing is known any more: the event is measured.
    mayBeTooLarge: true,
  }
}
