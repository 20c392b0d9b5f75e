import type { Verdicted } from './ingest/decide.ts'
import { currencyExponents } from './normalise/currencies.ts'
import type { LiveEvent, LiveMessage } from './reports/questions.ts'
import type { EventRecord } from './sinks/sink.ts'

/** A numbered message. Numbers grow by one per project and start anew with the collector. */
export interface Numbered {
  readonly id: number
  readonly message: LiveMessage
}

/** Tells watchers what arrives. */
export interface LiveHub {
  publish(project: string, verdicts: readonly Verdicted[], receivedAt: number): void
  /**
   * Calls back with the last verdicts as one message, then with each that follows.
   * @param afterId the last number the watcher has seen in this collector's life, so that nothing is told twice
   * @returns a function that ends it
   */
  watch(project: string, afterId: number | null, onMessage: (numbered: Numbered) => void, onEnd: () => void): () => void
  /** Forgets what it would tell somebody who comes to watch. */
  forget(project: string): void
  /** How many watch. */
  watchers(): number
  /** Ends all watching. */
  close(): void
}

const maxReplayed = 50
/** A message is for people's eyes: of more that comes in its time, what came first. */
const maxPerMessage = 100
/** Ten messages a second look like a flow. */
const flushEveryMs = 100

interface Channel {
  /** Newest last. */
  readonly recent: { readonly id: number; readonly receivedAt: number; readonly event: LiveEvent }[]
  readonly watchers: Set<{ readonly onMessage: (numbered: Numbered) => void; readonly onEnd: () => void }>
  /** Of the next message. What was judged is not kept for it: objects that outlive their request cost a server dearly. */
  pending: LiveEvent[]
  pendingSkipped: number
  pendingSince: number
  lastId: number
  timer: NodeJS.Timeout | null
}

export function createLiveHub(): LiveHub {
  const channels = new Map<string, Channel>()
  let isClosed = false

  return { publish, watch, forget, watchers, close }

  function publish(project: string, verdicts: readonly Verdicted[], receivedAt: number): void {
    if (verdicts.length === 0 || isClosed) return
    const channel = channelOf(project)
    if (channel.timer === null) channel.pendingSince = receivedAt
    const most = channel.watchers.size > 0 ? maxPerMessage : maxReplayed
    const shown = Math.min(verdicts.length, Math.max(0, most - channel.pending.length))
    // Worked out only for what is shown: under load that is little of what arrives.
    for (const verdicted of verdicts.slice(verdicts.length - shown)) channel.pending.push(liveEvent(verdicted, receivedAt))
    channel.pendingSkipped += verdicts.length - shown
    channel.timer ??= setTimeout(() => flush(channel), flushEveryMs).unref()
  }

  function flush(channel: Channel): void {
    channel.timer = null
    const { pending: events, pendingSkipped: skipped, pendingSince: receivedAt } = channel
    channel.pending = []
    channel.pendingSkipped = 0
    channel.lastId += 1
    const id = channel.lastId
    channel.recent.push(...events.slice(-maxReplayed).map((event) => ({ id, receivedAt, event })))
    channel.recent.splice(0, channel.recent.length - maxReplayed)
    const message = { received_at: new Date(receivedAt).toISOString(), events, skipped }
    // One object for all: whoever writes it out for many need do so only once.
    const numbered = { id, message }
    for (const { onMessage } of channel.watchers) onMessage(numbered)
  }

  function watch(
    project: string,
    afterId: number | null,
    onMessage: (numbered: Numbered) => void,
    onEnd: () => void,
  ): () => void {
    if (isClosed) {
      onEnd()
      return () => {}
    }
    const channel = channelOf(project)
    // A number from before a restart can be ahead of ours: then everything is news.
    const seen = afterId === null || afterId > channel.lastId ? 0 : afterId
    const news = channel.recent.filter(({ id }) => id > seen)
    const newest = news.at(-1)
    if (newest !== undefined) {
      const received_at = new Date(newest.receivedAt).toISOString()
      onMessage({ id: newest.id, message: { received_at, events: news.map(({ event }) => event), skipped: 0 } })
    }
    const watcher = { onMessage, onEnd }
    channel.watchers.add(watcher)
    return () => void channel.watchers.delete(watcher)
  }

  function forget(project: string): void {
    const channel = channels.get(project)
    if (channel === undefined) return
    channel.recent.length = 0
    channel.pendingSkipped += channel.pending.length
    channel.pending = []
  }

  function watchers(): number {
    return [...channels.values()].reduce((sum, channel) => sum + channel.watchers.size, 0)
  }

  function close(): void {
    isClosed = true
    for (const channel of channels.values()) {
      if (channel.timer !== null) clearTimeout(channel.timer)
      for (const { onEnd } of [...channel.watchers]) onEnd()
      channel.watchers.clear()
    }
  }

  function channelOf(project: string): Channel {
    const known = channels.get(project)
    if (known !== undefined) return known
    const fresh: Channel = {
      recent: [],
      watchers: new Set(),
      pending: [],
      pendingSkipped: 0,
      pendingSince: 0,
      lastId: 0,
      timer: null,
    }
    channels.set(project, fresh)
    return fresh
  }
}

function liveEvent({ judged, status, code, detail }: Verdicted, receivedAt: number): LiveEvent {
  // Of an event that was refused for want of consent nothing is kept, not even here.
  const record = judged.record.kind === 'event' && status !== 'rejected' ? judged.record : null
  return {
    id: status === 'rejected' ? null : judged.id,
    name: record?.name ?? judged.originalName,
    original_name: judged.originalName,
    status,
    code,
    detail,
    received_at: new Date(receivedAt).toISOString(),
    occurred_at: record === null ? null : new Date(record.occurredAt).toISOString(),
    channel: record?.channel ?? null,
    device: record?.device.type ?? null,
    bot: record?.bot ?? false,
    page_path: record === null ? null : pathOf(record.page),
    summary: record === null ? '' : summaryOf(record),
  }
}

/** The path alone: a query can hold anything. */
function pathOf(page: object | null): string | null {
  if (page === null || !('url' in page) || typeof page.url !== 'string') return null
  return URL.parse(page.url)?.pathname ?? null
}

// What an event is about, most telling first.
const subjects = [
  'order_id',
  'receipt_id',
  'product_id',
  'query',
  'coupon',
  'promotion_id',
  'experiment_id',
  'list_id',
  'category',
  'checkout_id',
  'cart_id',
  'store_id',
]

function summaryOf({ properties, money, valuePath }: EventRecord): string {
  const values = properties as Readonly<Record<string, unknown>>
  const subject = subjects.map((name) => values[name]).find((value) => typeof value === 'string')
  const amount = money[valuePath ?? 'price']
  const parts = [subject, amount === undefined ? undefined : `${decimalText(amount.minor, amount.currency)} ${amount.currency}`]
  return parts
    .filter((part) => part !== undefined)
    .join(', ')
    .slice(0, 120)
}

/** Minor units as a decimal text: 4990 EUR -> 49.90. */
function decimalText(minor: number, currency: string): string {
  const exponent = currencyExponents.get(currency) ?? 0
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const fraction = digits.slice(digits.length - exponent)
  return `${minor < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
