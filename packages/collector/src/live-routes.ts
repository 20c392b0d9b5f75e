import type { Context } from 'hono'
import type { Project } from './config.ts'
import { type Refusal, refuse } from './errors.ts'
import type { NodeBindings } from './ingest/receive.ts'
import type { LiveHub, Numbered } from './live.ts'

const heartbeatEveryMs = 15_000
/** A watcher that does not read is let go of before its messages pile up. */
const maxWaitingBytes = 256 * 1024
/** Of all projects: more than look at a page at once. With what may wait for each, they hold at most 16 MiB. */
const maxWatchers = 64

/** `GET /v1/live`: what arrives, as server-sent events. */
export function liveResponse(c: Context, hub: LiveHub, project: Project): Response | Refusal {
  const lastEventId = c.req.header('last-event-id')
  const afterId = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : null
  if (c.req.method === 'HEAD') return new Response(null, { headers: streamHeaders })
  if (hub.watchers() >= maxWatchers) {
    return refuse('overloaded', `${maxWatchers} pages watch already; close one that is not looked at.`, 5000)
  }
  let stop = (): void => {}

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (bytes: Uint8Array): void => {
          if (hasEnded) return
          if ((controller.desiredSize ?? 0) > -maxWaitingBytes) {
            controller.enqueue(bytes)
            return
          }
          stop()
          // An end that waits behind all that is not read would never come.
          const { incoming } = (c.env ?? {}) as NodeBindings
          if (incoming === undefined) controller.error(new Error('the watcher does not read'))
          else incoming.destroy()
        }
        const heartbeat = setInterval(() => write(encoder.encode(': still here\n\n')), heartbeatEveryMs)
        let unwatch = (): void => {}
        let hasEnded = false
        const end = (): void => {
          if (hasEnded) return
          hasEnded = true
          stop()
          controller.close()
        }
        stop = () => {
          hasEnded = true
          clearInterval(heartbeat)
          unwatch()
        }
        // Says at once that the way is open, through proxies that wait for a first byte.
        write(encoder.encode(': hello\n\n'))
        unwatch = hub.watch(project.id, afterId, (numbered) => write(frameOf(numbered)), end)
        if (hasEnded) unwatch()
      },
      cancel() {
        stop()
      },
    },
    { highWaterMark: 0, size: (chunk) => chunk?.byteLength ?? 0 },
  )
  return new Response(stream, { headers: streamHeaders })
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // nginx would hold messages back.
  'x-accel-buffering': 'no',
}

const encoder = new TextEncoder()

/** A message is written out once, for however many. */
const frames = new WeakMap<Numbered, Uint8Array>()

function frameOf(numbered: Numbered): Uint8Array {
  const known = frames.get(numbered)
  if (known !== undefined) return known
  const { id, message } = numbered
  // JSON has no line breaks of its own, so each message is one line of data.
  const frame = encoder.encode(`event: verdicts\nid: ${id}\ndata: ${JSON.stringify(message)}\n\n`)
  frames.set(numbered, frame)
  return frame
}
