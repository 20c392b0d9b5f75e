import { type RefusalCode, refusalOf } from '../errors.ts'
import { described, type Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import { createSeldom } from './seldom.ts'
import { createSpells } from './spells.ts'

/** Sees what goes wrong while the collector runs, counts each of it, and writes lines that stay few however often it happens. */
export interface Witness {
  /** A request was refused whole. */
  refused(route: string, code: string): void
  /** Something that nobody expected ended a request. */
  failed(route: string, error: unknown): void
  /** A delivery was not stored; its refusal follows. */
  notStored(fault: unknown): void
  /** A delivery became durable. */
  stored(seconds: number, events: number): void
  /** A thread of the store ended unasked. */
  restarted(thread: 'writer' | 'reader'): void
  /** Writes what is still counted. */
  close(): void
}

/** What passes by itself, and until then meets every delivery: told when it begins and when it is over. */
const spellCodes: ReadonlySet<string> = new Set<RefusalCode>(['overloaded', 'disk_low', 'store_unavailable'])
/** Whoever waits for so long for a receipt has a page that is left meanwhile. */
const slowSeconds = 1

export function createWitness(log: Logger, metrics: Metrics): Witness {
  const seldom = createSeldom()
  const causes = new Map<string, ReturnType<typeof described>>()
  const spells = createSpells({
    onBegin: (code) => log.error({ code, ...causes.get(code) }, 'the store takes no more events'),
    onEnd: (code, lastedMs, times) => log.info({ code, lasted_ms: Math.round(lastedMs), times }, 'the store takes events again'),
  })

  return {
    refused(route, code) {
      metrics.refusal(code)
      if (spellCodes.has(code)) spells.refused(code)
      else if (!isToldElsewhere(code)) {
        seldom.say(`refused ${route} ${code}`, (times) => log.info({ route, code, times }, 'requests were refused'))
      }
    },
    failed(route, error) {
      const { code } = refusalOf(error)
      metrics.refusal(code)
      const what = described(error)
      seldom.say(`failed ${route} ${code} ${error instanceof Error ? error.name : ''}`, (times) =>
        log.error({ route, code, ...what, times }, 'requests failed'),
      )
    },
    notStored(fault) {
      const { code } = refusalOf(fault)
      const what = described(fault)
      if (spellCodes.has(code)) causes.set(code, what)
      else if (code !== 'closing') {
        seldom.say(`not stored ${code}`, (times) => log.error({ code, ...what, times }, 'batches were not stored'))
      }
    },
    stored(seconds, events) {
      metrics.commit(seconds, events)
      spells.taken()
      if (seconds < slowSeconds) return
      const fields = { seconds: Math.round(seconds * 1000) / 1000, events }
      seldom.say('slow', (times) => log.warn({ ...fields, times }, 'commits are slow; is the disk?'))
    },
    restarted(thread) {
      metrics.restart(thread)
      seldom.say(`restarted ${thread}`, (times) =>
        log.error({ thread, times }, 'a thread of the store ended, and another one takes over'),
      )
    },
    close: () => seldom.close(),
  }
}

/** Of the first the fault itself is written; the second is what a restart is. */
const isToldElsewhere = (code: string): boolean => code === 'internal' || code === 'closing'
