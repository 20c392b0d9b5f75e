import type { ConsentSnapshot, EnvelopeInput } from '@footfall/events'
import { goods, type Happening, happen } from './happening.ts'
import type { Random } from './random.ts'
import { own, type Told } from './vocabularies/index.ts'

/** Who sends: in one delivery stand events of one sender. */
export interface Sender {
  readonly name: string
  /** With the secret key, and without `sent_at`. */
  readonly isServer: boolean
  readonly userAgent: string
  /** By how much its clock is ahead of the collector's. */
  readonly clockAheadMs: number
}

const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
const hourMs = 60 * 60 * 1000

const browser = (name: string, clockAheadMs: number, userAgent = chrome): Sender => ({
  name,
  isServer: false,
  userAgent,
  clockAheadMs,
})

export const senders = {
  page: browser('page', 0),
  pageThreeHoursAhead: browser('page, three hours ahead', 3 * hourMs),
  pageThreeDaysBehind: browser('page, three days behind', -72 * hourMs),
  crawler: browser('crawler', 0, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
  server: { name: 'server', isServer: true, userAgent: 'till/1.0', clockAheadMs: 0 },
} as const satisfies Readonly<Record<string, Sender>>

export type SenderName = keyof typeof senders

/** An event as it is sent, with the fields that a test may change. */
export type Event = { -readonly [Field in keyof EnvelopeInput]?: unknown } & { properties: Record<string, unknown> }

/** Makes envelopes around what was told: each visitor's events lie seconds apart, so that no two are one by accident. */
export interface Envelopes {
  /** Of a page, by a visitor who agreed to everything. */
  page(told: Told): Event
  /** Of a server; a customer, no device. */
  server(told: Told, source: string): Event
}

export function createEnvelopes(random: Random, receivedAt: number): Envelopes {
  let visitor = newVisitor(random)
  return {
    page({ name: told, properties }) {
      if (visitor.seq === eventsPerVisit) visitor = newVisitor(random)
      visitor.seq += 1
      const { anonymousId, sessionId, consent, seq } = visitor
      const { id, name } = random.pick(goods)
      return {
        id: random.uuid(),
        name: told,
        occurred_at: receivedAt - (eventsPerVisit - seq + 1) * 30_000 + random.whole(1000),
        seq,
        anonymous_id: anonymousId,
        session: { id: sessionId, index: 1 },
        page: {
          url: `https://shop.example/p/${id}${seq === 1 ? '?utm_source=newsletter&utm_campaign=autumn' : ''}`,
          title: `${name} – Shop`,
          referrer: seq === 1 ? 'https://search.example/' : 'https://shop.example/',
          type: 'product',
          view_id: random.uuid(),
        },
        consent,
        properties,
      }
    },
    server({ name, properties }, source) {
      return {
        id: random.uuid(),
        name,
        occurred_at: new Date(receivedAt - 60_000 - random.whole(60_000)).toISOString(),
        user_id: `customer-${random.hex(8)}`,
        consent: { analytics: 'granted', marketing: 'granted', personalization: 'granted' },
        source,
        properties,
      }
    },
  }
}

const eventsPerVisit = 8

interface Visitor {
  readonly anonymousId: string
  readonly sessionId: string
  readonly consent: ConsentSnapshot
  seq: number
}

const newVisitor = (random: Random): Visitor => ({
  anonymousId: random.uuid(),
  sessionId: random.uuid(),
  consent: {
    analytics: 'granted',
    personalization: 'granted',
    marketing: 'granted',
    record_id: random.uuid(),
    version: '2026-09',
  },
  seq: 0,
})

/** In our own words. */
export const ownEvent = (random: Random, kind?: Happening['kind']): Told => own(happen(random, kind))
