import { allows, ConsentSnapshot, consentPurposes, type Purpose } from '@footfall/events'
import * as v from 'valibot'
import { type Fault, fault } from '../normalise/notes.ts'

/** The snapshot on an event as it was sent. One that cannot be read grants nothing. */
export function readConsent(value: unknown): ConsentSnapshot | null {
  const { success, output } = v.safeParse(ConsentSnapshot, value)
  return success ? output : null
}

/**
 * Checks the purpose that the catalogue names against the snapshot, and against the browser's own opt-out signal, which no page can set.
 * Fails closed: what is missing, unknown or unreadable is not granted.
 *
 * @see https://w3c.github.io/gpc/
 */
export function checkConsent(consent: ConsentSnapshot | null, purpose: Purpose, hasGpc: boolean): Fault | null {
  if (!allows(consent ?? undefined, purpose)) {
    return fault('consent_missing', `The event needs consent to ${purpose}, which its consent snapshot does not grant`)
  }
  if (hasGpc && purpose === 'marketing') {
    return fault('gpc', 'The browser asks not to be tracked for marketing (Global Privacy Control)')
  }
  return null
}

/** May ids that were made on the device be kept? Only some granted purpose allows them to exist. */
export const allowsDeviceIds = (consent: ConsentSnapshot | null): boolean =>
  consentPurposes.some((purpose) => allows(consent ?? undefined, purpose))
