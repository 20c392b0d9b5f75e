import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openClient } from './client.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { answerQuestions } from './processes.ts'
import { type Request, requestsOf } from './requests.ts'
import type { Span } from './usage.ts'
import type { VisitsPlan } from './visits.ts'

/** The process that makes the load, and what it answers. */
export interface Run {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Before anything is counted. */
  readonly warmUpSeconds: number
  /** So many events a second are offered, however fast the answers come; without it, each connection sends when it has its answer. */
  readonly eventsPerSecond?: number
  /** May requests be sent more than once? Only to what does not know them again. */
  readonly isRepeating: boolean
}

export interface Ran {
  readonly events: number
  readonly seconds: number
  readonly counted: Span
  /** From when the request was due to its whole answer. */
  readonly latencies: Latencies
  /** Requests that were refused for a while (429, 503), and sent again. */
  readonly refused: number
}

export interface Appended {
  readonly eventsPerSecond: number
}

let requests: readonly Request[] = []

answerQuestions({
  prepare({ plan, isGzip }: { readonly plan: VisitsPlan; readonly isGzip: boolean }) {
    requests = requestsOf(plan, isGzip)
    return requests.reduce((sum, { body }) => sum + body.length, 0) / plan.events
  },
  run,
  append,
})

async function run(asked: Run): Promise<Ran> {
  const { port, connections, seconds, warmUpSeconds, eventsPerSecond, isRepeating } = asked
  const clients = await Promise.all(Array.from({ length: connections }, () => openClient(port)))
  const begin = performance.now()
  const end = begin + (warmUpSeconds + seconds) * 1000
  // Where answers take long, a few of them say nothing; and once there is nothing left to send, only those that were refused are waited for.
  const enough = Math.min(2 * connections, requests.length / 2)
  const latestEnd = end + 10 * seconds * 1000
  const took: number[] = []
  let countFrom = Number.POSITIVE_INFINITY
  let stopAt = Number.POSITIVE_INFINITY
  let lastAt = begin
  let events = 0
  let answered = 0
  let refused = 0
  let sent = 0

  const next = (): Request | undefined => (isRepeating ? requests[sent++ % requests.length] : requests[sent++])
  const perRequestMs = eventsPerSecond === undefined ? 0 : ((requests[0]?.events ?? 1) / eventsPerSecond) * 1000

  await Promise.all(
    clients.map(async (opened) => {
      let client = opened
      while (performance.now() < stopAt) {
        const dueAt = begin + sent * perRequestMs
        const request = next()
        if (request === undefined) break
        let since = performance.now()
        if (eventsPerSecond !== undefined) {
          if (dueAt > since) await sleep(dueAt - since)
          // What was due while all connections were busy has waited since then.
          since = dueAt
        }
        for (;;) {
          const response = await client.send(request.bytes)
          if (await isAccepted(request, response)) break
          refused += 1
          // A body that is refused on its way costs its connection, as one does that comes too slowly.
          client.close()
          client = await openClient(port)
        }
        const now = performance.now()
        answered += 1
        if (now > stopAt) continue
        // Few large requests may be over before it is warm.
        const isWarm = now >= begin + warmUpSeconds * 1000 || (!isRepeating && answered > requests.length / 5)
        if (isWarm && countFrom === Number.POSITIVE_INFINITY) countFrom = now
        else if (isWarm) {
          took.push(now - since)
          events += request.events
          lastAt = now
        }
        if ((now >= end && took.length >= enough) || now >= latestEnd) stopAt = now
      }
      client.close()
    }),
  )
  const counted = { from: performance.timeOrigin + countFrom, to: performance.timeOrigin + lastAt }
  return { events, seconds: (lastAt - countFrom) / 1000, counted, latencies: latenciesOf(took), refused }
}

/** Anything but a receipt for all of it ends the bench: what is measured must be what is meant. */
async function isAccepted(
  { events }: Request,
  { status, body }: { readonly status: number; readonly body: string },
): Promise<boolean> {
  if (status === 503 || status === 429 || status === 408) {
    const { retry_after_ms: afterMs = 100 } = JSON.parse(body || '{}') as { retry_after_ms?: number }
    // As a tracker does: not all at the same moment.
    await sleep(afterMs * (0.5 + Math.random()))
    return false
  }
  if (status !== 200 || !body.includes(`"accepted":${events},`)) throw new Error(`answered with ${status} ${body.slice(0, 500)}`)
  return true
}

interface Append {
  readonly folder: string
  readonly inFlight: number
  readonly seconds: number
}

/** What any durable collector pays at least: bodies appended and flushed; those that wait share a flush, as in the store. */
async function append({ folder, inFlight, seconds }: Append): Promise<Appended> {
  const path = join(folder, 'append-probe')
  const file = await open(path, 'a')
  let waiting: { readonly body: Buffer; readonly done: () => void }[] = []
  let isFlushing = false
  const flush = async (): Promise<void> => {
    isFlushing = true
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await file.appendFile(Buffer.concat(group.map(({ body }) => body)))
      await file.datasync()
      for (const { done } of group) done()
    }
    isFlushing = false
  }
  const begin = performance.now()
  let events = 0
  let sent = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() - begin < seconds * 1000) {
        const request = requests[sent++ % requests.length]
        if (request === undefined) return
        await new Promise<void>((done) => {
          waiting.push({ body: request.body, done })
          if (!isFlushing) void flush()
        })
        events += request.events
      }
    }),
  )
  const eventsPerSecond = events / ((performance.now() - begin) / 1000)
  await file.close()
  await rm(path)
  return { eventsPerSecond }
}
