import type { ConsentSnapshot, ConsentState, Purpose } from '@footfall/events'

/**
 * How the visitor decided about what an event needs: `granted` lets it pass, `denied` forgets it, `unknown` holds it in memory.
 */
export const gate = (consent: ConsentSnapshot, purpose: Purpose): ConsentState =>
  purpose === 'necessary' ? 'granted' : (consent[purpose] ?? 'unknown')
