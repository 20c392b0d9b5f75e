import type { LiveMessage } from '@footfall/collector/reports'

export type ConnectionState = 'connecting' | 'connected' | 'reconnecting'

/** What the live list hears. */
export interface StreamListener {
  onState(state: ConnectionState): void
  /** `isReplay` is true of the first message of a connection: the collector repeats its newest verdicts there. */
  onMessage(message: LiveMessage, about: { readonly isReplay: boolean }): void
  /** The collector answered but gave no stream: perhaps the session has ended. Tried again regardless. */
  onRefused(): void
}

export interface StreamPorts {
  readonly open: (url: string) => EventSource
  readonly setTimer: (callback: () => void, ms: number) => number
  readonly clearTimer: (timer: number) => void
  readonly random: () => number
}

export interface LiveStream {
  /** Tries at once instead of waiting for the next attempt: the network is back. */
  reconnect(): void
  close(): void
}

/**
 * Keeps a connection to the live stream. `EventSource` repairs a broken connection by itself but gives up for good on an answer
 * that is not a stream (a restarting collector behind a proxy, an ended session), so that attempts after those are made here.
 */
export function openLiveStream(url: string, listener: StreamListener, ports: StreamPorts): LiveStream {
  let source: EventSource | undefined
  let timer: number | undefined
  let failures = 0

  const connect = () => {
    let isReplay = false
    const opened = ports.open(url)
    source = opened
    opened.addEventListener('open', () => {
      failures = 0
      isReplay = true
      listener.onState('connected')
    })
    opened.addEventListener('verdicts', ({ data }: MessageEvent<string>) => {
      // Made by the collector from the very type that is claimed here.
      listener.onMessage(JSON.parse(data) as LiveMessage, { isReplay })
      isReplay = false
    })
    opened.addEventListener('error', () => {
      listener.onState('reconnecting')
      if (opened.readyState !== opened.CLOSED) return
      listener.onRefused()
      timer = ports.setTimer(connect, nextAttemptMs(failures, ports.random()))
      failures += 1
    })
  }

  const stop = () => {
    source?.close()
    if (timer !== undefined) ports.clearTimer(timer)
    timer = undefined
  }

  listener.onState('connecting')
  connect()
  return {
    reconnect() {
      stop()
      listener.onState('reconnecting')
      connect()
    },
    close: stop,
  }
}

const firstWaitMs = 1000
const longestWaitMs = 30_000

/** Full jitter: pages left open everywhere must not meet a collector that comes back in the same second. */
export const nextAttemptMs = (failures: number, random: number): number =>
  firstWaitMs + random * Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 10))
