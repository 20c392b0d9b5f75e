import { isOfThisPage, type Sealed } from '../capture/seal.ts'
import { version } from '../version.ts'

const encoder = new TextEncoder()
const bytesOf = (text: string): number => encoder.encode(text).length

/** The body of one attempt, the events in it, and about its size in bytes, at least. */
type Batch = [body: string, events: readonly Sealed[], bytes: number]

/**
 * Cuts the longest prefix of the queue whose batch fits into `maxBytes` of UTF-8, and makes the body of one attempt of it: the only
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
): Batch {
  const shared = queue[0]?.context
  const frame = { write_key: writeKey, sent_at: Date.now(), tracker: { name: '@footfall/browser', version }, dropped }
  const head = `${JSON.stringify(frame).slice(0, -1)},"shared":${shared},"events":[`
  const texts: string[] = []
  let size = bytesOf(head) + 1
  for (const sealed of queue) {
    const { event, context, born, seq } = sealed
    const age = isOfThisPage(sealed) ? `,"age_ms":${Math.round(performance.now() - born)}` : ''
    const text = `${event}${age}${seq ? `,"seq":${seq}` : ''}${context === shared ? '' : `,${context.slice(1, -1)}`}}`
    size += bytesOf(text) + 1
    if (texts[0] && size > maxBytes) break
    texts.push(text)
  }
  return [`${head}${texts}]}`, queue.slice(0, texts.length), size]
}
