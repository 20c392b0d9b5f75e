import { expect } from 'vitest'
import { createFakeCollector, type FakeCollector, receiptFor, type WireEvent } from '../fake-collector.ts'

/**
 * What the collector does with a request: takes it and says so (`up`); takes it, and the receipt is lost; keeps the tracker waiting until
 * it is told what becomes of it; wants every second event again; takes one event at a time; or does not take it.
 */
export type Weather = 'up' | 'loses receipts' | 'hangs' | 'wants some again' | 'takes one' | 'down' | 'fails' | 'is busy'

/** A request, and the moment when it left. */
export interface Sent {
  readonly left: number
  events: readonly WireEvent[]
}

/** A collector whose answers are steps of a history. It stores by id: what it has taken once stays as it is. */
export function createModelCollector(nextTick: () => number) {
  const sent: Sent[] = []
  const store = new Map<string, WireEvent>()
  const waiting: ((as: Weather) => void)[] = []
  let weather: Weather = 'up'
  let isOrdered = true

  const answer = (events: readonly WireEvent[], as: Weather, signal: AbortSignal | null | undefined): Response => {
    if (as === 'fails') return new Response('', { status: 500 })
    if (as === 'is busy') return Response.json({ retry_after_ms: 2_000 }, { status: 429 })
    if (as === 'takes one' && events.length > 1) return new Response('', { status: 413 })
    if (as === 'down') throw new TypeError('Failed to fetch')
    const again = as === 'wants some again' ? events.filter((_, index) => index % 2 === 0) : []
    for (const event of events) if (!again.includes(event) && !store.has(event.id)) store.set(event.id, event)
    signal?.throwIfAborted()
    if (as === 'loses receipts') throw new TypeError('Failed to fetch')
    return Response.json(receiptFor(events, { retry: again.map(({ id }) => id) }))
  }
  const fetch: typeof globalThis.fetch = async (_, { signal, body } = {}) => {
    signal?.throwIfAborted()
    const request: Sent = { left: nextTick(), events: [] }
    sent.push(request)
    const as = weather
    const batch = JSON.parse(typeof body === 'string' ? body : await inflate(body as Blob))
    request.events = batch.events.map((event: object) => ({ ...batch.shared, ...event }))
    for (const count of Object.values(batch.dropped ?? {})) expect(count, 'drops that are told').toBeGreaterThan(0)
    if (as !== 'hangs') return answer(request.events, as, signal)
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      waiting.push((later) => {
        try {
          resolve(answer(request.events, later, signal))
        } catch (cause) {
          reject(cause)
        }
      })
    })
  }
  const fake: FakeCollector = {
    ...createFakeCollector(),
    fetch,
    async fetchLater(url, request) {
      await fetch(url, request).catch(() => {})
      return new Response()
    },
  }
  return {
    fake,
    sent,
    store,
    /** Was every request taken whole, in the order of asking? */
    isOrdered: () => isOrdered,
    become(next: Weather) {
      weather = next
      if (['wants some again', 'takes one', 'hangs'].includes(next)) isOrdered = false
    },
    decide(as: Weather) {
      for (const decide of waiting.splice(0)) decide(as)
    },
  }
}

const inflate = (body: Blob) => new Response(body.stream().pipeThrough(new DecompressionStream('gzip'))).text()
