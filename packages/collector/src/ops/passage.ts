import { type Refusal, type RefusalCode, refusalOf } from '../errors.ts'

/**
 * What a request goes through, in this order. Ways that have no body leave the first out, those that store nothing the last, and only those
 * wait that come while as many are in hand as the disk can take.
 */
export type Stage = 'receive' | 'wait' | 'decode' | 'judge' | 'commit'

/** Through which door a request came. */
export type Way = 'events' | 'pixel' | 'consent' | 'validate'

/** One request on its way. Times are those of `performance.now()`. */
export interface Passage {
  /** The stage that began where the one before ended is over. */
  through(stage: Stage): void
  /** Whose it is, and how many events it brings: known once its body is read. */
  brings(project: string, events: number): void
  /** It is answered: with a receipt, or refused whole. Only the first call counts. */
  finish(code: RefusalCode | null): void
}

/** What is told of a request once it is answered: no address, id, key, URL or property. */
export interface Passed {
  readonly way: Way
  /** The pattern of the route, not what was asked for. */
  readonly route: string
  readonly startedAt: number
  readonly endedAt: number
  readonly stages: readonly { readonly stage: Stage; readonly from: number; readonly to: number }[]
  /** `null` where it was refused before that was known. */
  readonly project: string | null
  readonly events: number
  /** `null`: it was given a receipt. */
  readonly code: RefusalCode | null
  /** As a proxy or a caller sent it, unread. */
  readonly traceparent: string | undefined
}

/** Begins a passage; `onPassed` hears of it once, when it is over. */
export function beginPassage(
  { way, route, traceparent }: Pick<Passed, 'way' | 'route' | 'traceparent'>,
  onPassed: (passed: Passed) => void,
): Passage {
  const startedAt = performance.now()
  const seen: Passed['stages'][number][] = []
  let reached = startedAt
  let project: string | null = null
  let events = 0
  let isOver = false
  return {
    through(stage) {
      const from = reached
      reached = performance.now()
      seen.push({ stage, from, to: reached })
    },
    brings(whose, count) {
      project = whose
      events = count
    },
    finish(code) {
      if (isOver) return
      isOver = true
      onPassed({ way, route, startedAt, endedAt: performance.now(), stages: seen, project, events, code, traceparent })
    },
  }
}

/** Sees to it that a passage is finished however the request ends. */
export async function passing<T extends { readonly kind: string }>(
  passage: Passage,
  act: () => Promise<T | Refusal>,
): Promise<T | Refusal> {
  try {
    const result = await act()
    passage.finish(isRefusal(result) ? result.code : null)
    return result
  } catch (error) {
    passage.finish(refusalOf(error).code)
    throw error
  }
}

const isRefusal = (result: { readonly kind: string }): result is Refusal => result.kind === 'refused'
