import type { Sealed } from '../capture/seal.ts'
import { version } from '../version.ts'

const encoder = new TextEncoder()

/**
 * Cuts the longest prefix of the queue whose events fit into `maxBytes` of UTF-8, and makes the body of one attempt of it: the only
 * place where an event becomes what stands on the wire. An event that alone exceeds the limit is sent alone: what it is told by the
 * collector concerns no other.
 *
 * The first event's context is shared by all; an event that was captured in another carries its own, which wins field by field.
 * @param dropped what was given up and not confirmed by a receipt yet, by reason
 */
export function encodeBatch(
  writeKey: string,
  dropped: Readonly<Record<string, number>>,
  queue: readonly Sealed[],
  maxBytes: number,
): [body: string, batch: readonly Sealed[]] {
  const shared = queue[0]?.context
  const texts: string[] = []
  let size = 0
  for (const { event, context, origin, born, seq } of queue) {
    // An age is only known to a page with the clock by which the event was seen; for others the collector has the wall clock.
    const age = origin === performance.timeOrigin ? `,"age_ms":${Math.round(performance.now() - born)}` : ''
    const text = `${event}${age}${seq ? `,"seq":${seq}` : ''}${context === shared ? '' : `,${context.slice(1, -1)}`}}`
    size += encoder.encode(text).length + 1
    if (texts[0] && size > maxBytes) break
    texts.push(text)
  }
  const frame = { write_key: writeKey, sent_at: Date.now(), tracker: { name: '@footfall/browser', version }, dropped }
  return [`${JSON.stringify(frame).slice(0, -1)},"shared":${shared},"events":[${texts}]}`, queue.slice(0, texts.length)]
}
