import type { ConsentSnapshot, DropReason, Receipt } from '@footfall/events'
import type { FootfallError } from './errors.ts'

/** What a tracker tells, and with what. */
export interface TrackerEvents {
  /** Events were given up, and why. */
  drop: [reason: DropReason, count: number]
  /** The collector answered for a batch. */
  receipt: [receipt: Receipt]
  /** Something went wrong that the tracker could not hide from the numbers. */
  error: [error: FootfallError]
  /** The visitor's consent changed, here or in another tab. */
  consent: [consent: ConsentSnapshot]
}

export interface Listeners {
  /** Answers a function that ends the listening. */
  on<K extends keyof TrackerEvents>(name: K, listener: (...told: TrackerEvents[K]) => void): () => void
  tell<K extends keyof TrackerEvents>(name: K, ...told: TrackerEvents[K]): void
}

/** On the browser's own event targets: a listener that throws is reported like any other, and stops neither us nor its neighbours. */
export function createListeners(): Listeners {
  const target = new EventTarget()
  return {
    on(name, listener) {
      // The detail is what `tell` below was given for this name.
      const hear = (event: Event) => listener(...((event as CustomEvent).detail as Parameters<typeof listener>))
      target.addEventListener(name, hear)
      return () => target.removeEventListener(name, hear)
    },
    tell: (name, ...told) => target.dispatchEvent(new CustomEvent(name, { detail: told })),
  }
}
