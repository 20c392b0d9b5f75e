import type { Context } from 'hono'
import type { Project } from './config.ts'
import type { LiveHub, Numbered } from './live.ts'

const heartbeatEveryMs = 15_000
/** A watcher that does not read is let go of before its messages pile up. */
const maxWaitingBytes = 1_000_000

/** `GET /v1/live`: what arrives, as server-sent events. */
export function liveResponse(c: Context, hub: LiveHub, project: Project): Response {
  const lastEventId = c.req.header('last-event-id')
  const afterId = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : null
  if (c.req.method === 'HEAD') return new Response(null, { headers: streamHeaders })
  const encoder = new TextEncoder()
  let stop = (): void => {}

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string): void => {
          if ((controller.desiredSize ?? 0) <= -maxWaitingBytes) end()
          else controller.enqueue(encoder.encode(text))
        }
        const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatEveryMs)
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
        write(': hello\n\n')
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

// JSON has no line breaks of its own, so each message is one line of data.
const frameOf = ({ id, message }: Numbered): string => `event: verdicts\nid: ${id}\ndata: ${JSON.stringify(message)}\n\n`
