import type { LiveEvent } from '@footfall/collector/reports'
import type { Verdict } from '@footfall/events'
import { formatPlural } from './format.ts'
import { countVerdicts, type VerdictCounts } from './live-buffer.ts'
import { verdictFaces } from './verdicts.ts'

/** Tells people who listen to the page how much has arrived, now and then and as a sum: row by row nobody could follow. */
export interface Announcer {
  add(events: readonly LiveEvent[]): void
  /** Forgets what has not been said yet. */
  clear(): void
}

export interface AnnouncerPorts {
  /** How long arrivals are summed up before they are said, in milliseconds. */
  readonly everyMs: number
  readonly say: (sentence: string) => void
  readonly setTimer: (callback: () => void, ms: number) => number
  readonly clearTimer: (timer: number) => void
}

export function createAnnouncer({ everyMs, say, setTimer, clearTimer }: AnnouncerPorts): Announcer {
  let waiting: LiveEvent[] = []
  let timer: number | undefined
  const speak = () => {
    timer = undefined
    say(announcement(countVerdicts(waiting)))
    waiting = []
  }
  return {
    add(events) {
      if (events.length === 0) return
      waiting.push(...events)
      timer ??= setTimer(speak, everyMs)
    },
    clear() {
      if (timer !== undefined) clearTimer(timer)
      timer = undefined
      waiting = []
    },
  }
}

/** `12 new events.`, or `12 new events: 10 accepted, 2 quarantined.` where not all were accepted. */
export function announcement(counts: VerdictCounts): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const head = formatPlural(total, 'new event')
  if (counts.accepted === total) return `${head}.`
  const parts = verdictFaces
    .filter(({ verdict }) => counts[verdict] > 0)
    .map(({ verdict, word }: { verdict: Verdict; word: string }) => `${counts[verdict]} ${word.toLowerCase()}`)
  return `${head}: ${parts.join(', ')}.`
}
