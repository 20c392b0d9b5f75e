import { hash } from 'node:crypto'
import { type ConsentSnapshot, limits } from '@footfall/events'
import { type Decision, type States, statesIn, type Voice } from '../consent/decision.ts'
import { isRawEvent, type RawEvent } from './validate.ts'

/** What is known of the request that brought a decision. */
export interface DecisionContext {
  readonly voice: Voice
  readonly receivedAt: number
  readonly region: string | null
  /** `desktop`, `mobile` … */
  readonly device: string
  readonly hasGpc: boolean
}

/**
 * The decision that a `consent_updated` event tells of, read from the event as it was sent: ids are taken out of an event whose visitor
 * agrees to nothing, and whose withdrawal it is must still be known.
 *
 * @param decidedAt corrected; `null` where the event's time cannot be read
 */
export function readDecision(
  raw: RawEvent,
  consent: ConsentSnapshot | null,
  decidedAt: number | null,
  context: DecisionContext,
): Decision | null {
  const properties = isRawEvent(raw.properties) ? raw.properties : {}
  const states = statesIn(properties.purposes)
  if (states === null) return null
  const { voice, receivedAt, region, device, hasGpc } = context
  const id = textIn(raw.id) ?? ''
  return {
    key: keyOf([id.toLowerCase(), properties]),
    recordId: textIn(properties.record_id, 64) ?? consent?.record_id?.toWellFormed() ?? id,
    previousRecordId: textIn(properties.previous_record_id, 64),
    subject: voice === 'person' ? (textIn(raw.user_id) ?? textIn(raw.anonymous_id)) : textIn(raw.anonymous_id),
    isBinding: false,
    voice,
    ...withGpc(states, hasGpc, {
      method: textIn(properties.method, 64) ?? undefined,
      source: textIn(properties.source, 64) ?? undefined,
    }),
    decidedAt: Math.min(decidedAt ?? receivedAt, receivedAt),
    validUntil: null,
    version: textIn(properties.policy_version, 64),
    region,
    device,
  }
}

/**
 * The browser's opt-out signal is stronger than what the body says: marketing and the sale of data are entered as denied, and what was
 * said beside it.
 */
export function withGpc(
  states: States,
  hasGpc: boolean,
  about: Readonly<Record<string, unknown>>,
): { readonly states: States; readonly about: Readonly<Record<string, unknown>> } {
  // A question that is shown and not answered is no decision, and does not become one.
  if (!hasGpc || Object.values(states).every((state) => state === 'unknown')) return { states, about }
  const overrode = (['marketing', 'sale_of_data'] as const).filter((purpose) => states[purpose] === 'granted')
  return {
    states: { ...states, marketing: 'denied', sale_of_data: 'denied' },
    about: { ...about, gpc: true, ...(overrode.length > 0 && { gpc_overrode: overrode }) },
  }
}

/** Equal for equal content: 32 hexadecimal digits. */
export const keyOf = (content: unknown): string => hash('sha256', stableText(content), 'hex').slice(0, 32)

// As it was sent: attempts repeat the same text. Deeper than JSON.stringify goes, no two are told apart, and none is an honest decision.
function stableText(content: unknown): string {
  try {
    return JSON.stringify(content)
  } catch {
    return ''
  }
}

const textIn = (value: unknown, maxLength: number = limits.maxIdLength): string | null =>
  typeof value === 'string' && value !== '' && value.length <= maxLength ? value.toWellFormed() : null
