import { countStored, type QualityKind } from '../quality/count.ts'
import type { Recount, Recounted } from '../sinks/revision.ts'

/** What an event is counted for by what it says. */
interface Said {
  readonly repairRules: readonly string[]
  readonly flags: readonly string[]
  readonly hasAmount: boolean
}

/**
 * What moves in the counts of the day of receipt when an event says something else: its repairs, its flags, whose currency it has. Which
 * repetitions were noticed depends on other events, and stays as it was counted when they came.
 *
 * @param counted where: the day of its receipt, and the source
 */
export function recounted(counted: Pick<Recount, 'day' | 'source'>, before: Said, after: Said): Recount {
  const [old, fresh] = [countsOf(before), countsOf(after)]
  return {
    ...counted,
    gone: [...old].flatMap(([id, count]) => (fresh.has(id) ? [] : [count])),
    come: [...fresh].flatMap(([id, count]) => (old.has(id) ? [] : [count])),
  }
}

function countsOf({ repairRules, flags, hasAmount }: Said): ReadonlyMap<string, Recounted> {
  const counts = new Map<string, Recounted>()
  const own = flags.filter((flag) => !flagsOfRepetition.has(flag))
  countStored({ lagMs: 0, repairRules, flags: own, hasAmount, repeat: null }, (kind, key) => {
    if (!untouched.has(kind)) counts.set(`${kind} ${key}`, { kind, key })
  })
  return counts
}

const flagsOfRepetition: ReadonlySet<string> = new Set(['order_conflict', 'probable_duplicate'])

/** When it came does not change. */
const untouched: ReadonlySet<QualityKind> = new Set(['late'])
