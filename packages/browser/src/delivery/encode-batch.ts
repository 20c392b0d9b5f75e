import type { Sealed } from '../capture/seal.ts'

/** What stands once in a batch, beside its events. */
export interface Frame {
  readonly write_key: string
  readonly tracker: { readonly name: string; readonly version: string }
  readonly dropped?: Readonly<Record<string, number>> | undefined
}

/**
 * The body of one attempt: the only place where an event becomes what stands on the wire.
 *
 * The first event's context is shared by all; an event that was captured in another carries its own, which wins field by field.
 */
export function encodeBatch(frame: Frame, events: readonly Sealed[]): string {
  const shared = events[0]?.context
  const texts = events.map(({ event, context, origin, born, seq }) => {
    // An age is only known to a page with the clock by which the event was seen; for others the collector has the wall clock.
    const age = origin === performance.timeOrigin ? `,"age_ms":${Math.round(performance.now() - born)}` : ''
    return `${event}${age}${seq ? `,"seq":${seq}` : ''}${context === shared ? '' : `,${context.slice(1, -1)}`}}`
  })
  return `${JSON.stringify({ ...frame, sent_at: Date.now() }).slice(0, -1)},"shared":${shared},"events":[${texts}]}`
}
