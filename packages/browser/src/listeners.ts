import type { DropReason, Receipt } from '@footfall/events'
import type { FootfallError } from './errors.ts'
import type { ConsentStatus } from './tracker.ts'

/** What a tracker tells, and with what. */
export interface TrackerEvents {
  /** Events were given up, and why. */
  drop: [reason: DropReason, count: number]
  /** The collector answered for a batch. */
  receipt: [receipt: Receipt]
  /** Something went wrong that the tracker could not hide from the numbers. */
  error: [error: FootfallError]
  /** The visitor's consent changed, here or in another tab. */
  consent: [consent: ConsentStatus]
}

/** Answers a function that ends the listening. */
export type On = <K extends keyof TrackerEvents>(name: K, listener: (...told: TrackerEvents[K]) => void) => () => void
export type Tell = <K extends keyof TrackerEvents>(name: K, ...told: TrackerEvents[K]) => void

export function createListeners(): [on: On, tell: Tell] {
  const listeners: { [K in keyof TrackerEvents]?: Set<(...told: TrackerEvents[K]) => void> } = {}
  return [
    (name, listener) => {
      listeners[name] ??= new Set() as never
      listeners[name].add(listener)
      return () => listeners[name]?.delete(listener)
    },
    (name, ...told) => {
      // An async function never throws: a listener that does is reported by the browser as a rejection that nobody handled, and
      // stops neither us nor its neighbours.
      listeners[name]?.forEach(async (listener) => listener(...told))
    },
  ]
}
