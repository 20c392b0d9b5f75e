import type { Receipt } from '@footfall/events'

/** An event as it stood on the wire, with what the batch says of all. */
export interface WireEvent {
  readonly id: string
  readonly name: string
  readonly seq?: number
  readonly age_ms?: number
  readonly occurred_at: number
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly traits: object | null
  readonly session: { readonly id: string; readonly index: number } | null
  readonly page: { readonly url: string; readonly view_id: string; readonly type?: string; readonly referrer: string }
  readonly consent: object & { readonly record_id?: string }
  readonly properties?: Readonly<Record<string, unknown>>
}

/** A request as it came in. */
export interface Attempt {
  readonly events: readonly WireEvent[]
  readonly dropped: Readonly<Record<string, number>>
  readonly isKeepalive: boolean
  readonly isGzipped: boolean
}

type Answer = 'receipt' | 'down' | 'hang' | ((attempt: Attempt) => Response)

export interface FakeCollector {
  readonly endpoint: string
  /** What a page has for a network. */
  readonly fetch: typeof fetch
  /** What a page's browser makes when the page is gone. Its answers reach nobody. */
  readonly fetchLater: typeof fetch
  /** Every request that was made, answered or not. */
  readonly attempts: readonly Attempt[]
  /** What is in the store: each id once, in the order of arrival. */
  stored(): readonly WireEvent[]
  /** How it answers from now on: with receipts at first, `down` not at all. */
  become(answer: Answer): void
}

/** A receipt for these events, all accepted. */
export const receiptFor = (events: readonly unknown[], differs: Partial<Receipt> = {}): Receipt => ({
  received_at: new Date().toISOString(),
  accepted: events.length,
  duplicate: 0,
  quarantined: 0,
  rejected: 0,
  problems: [],
  retry: [],
  retry_after_ms: null,
  ...differs,
})

/** Stands where the network would be. */
export function createFakeCollector(): FakeCollector {
  const attempts: Attempt[] = []
  const store = new Map<string, WireEvent>()
  let answer: Answer = 'receipt'
  const take: typeof fetch = async (_, { signal, body, keepalive = false } = {}) => {
    signal?.throwIfAborted()
    const isGzipped = typeof body !== 'string'
    const batch = read(isGzipped ? await inflate(body as Blob) : body)
    if (!batch) return new Response('', { status: 400 })
    const { events, shared, dropped } = batch
    const attempt = {
      events: events.map((event) => ({ ...shared, ...event }) as WireEvent),
      dropped,
      isKeepalive: keepalive,
      isGzipped,
    }
    attempts.push(attempt)
    if (answer === 'down') throw new TypeError('Failed to fetch')
    if (answer === 'hang') {
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    }
    if (answer !== 'receipt') return answer(attempt)
    for (const event of attempt.events) if (!store.has(event.id)) store.set(event.id, event)
    return Response.json(receiptFor(attempt.events))
  }
  return {
    endpoint: 'https://collector.test/e',
    fetch: take,
    async fetchLater(url, request) {
      await take(url, request).catch(() => {})
      return new Response()
    },
    attempts,
    stored: () => [...store.values()],
    become(next) {
      answer = next
    },
  }
}

const inflate = (body: Blob): Promise<string> => new Response(body.stream().pipeThrough(new DecompressionStream('gzip'))).text()

function read(text: string): { events: object[]; shared: object; dropped: Attempt['dropped'] } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
