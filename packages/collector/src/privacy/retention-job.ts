import type { Project } from '../config.ts'
import { FootfallError } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import { createClockWatch } from './clock-watch.ts'
import { clockDoubtful, cutoffsOf, type RetentionAsk } from './retention.ts'

/** What has been kept for long enough today, by project; projects that keep everything are left out. */
export const retentionAsks = (
  projects: readonly Pick<Project, 'id' | 'timeZone' | 'retentionDays'>[],
  now: number,
): readonly RetentionAsk[] =>
  projects
    .filter(({ retentionDays }) => Object.keys(retentionDays).length > 0)
    .map(({ id, timeZone, retentionDays }) => ({ project: id, cutoffs: cutoffsOf(retentionDays, now, createDayOf(timeZone)) }))

const everyMs = 24 * 60 * 60 * 1000
/** After a run that failed: a full disk, a doubtful clock. */
const againMs = 60 * 60 * 1000

/** A collector to which hardly anybody came for so long is less likely than a clock with a wrong year. */
const silenceMs = 2 * 365 * 24 * 60 * 60 * 1000

/**
 * Removes what is old enough: once at the start, then daily, and an hour later where it failed. What cannot be taken back is not left to a
 * clock that jumps: see `createClockWatch`.
 *
 * @param running ms since any moment, by a clock that nobody can set
 */
export function createRetentionJob(
  projects: readonly Project[],
  now: () => number,
  remove: (asks: readonly RetentionAsk[]) => Promise<void>,
  running: () => number = () => performance.now(),
): { start(onError: (cause: unknown) => void): void; stop(): void } {
  const trust = createClockWatch(now, running)
  let timer: NodeJS.Timeout | null = null
  let isStopped = false
  let refusal: FootfallError | null = null
  const job = {
    start(onError: (cause: unknown) => void): void {
      if (isStopped || retentionAsks(projects, now()).length === 0) return
      run().then(
        () => again(everyMs, onError),
        (cause: unknown) => {
          again(againMs, onError)
          if (!isStopped) onError(cause)
        },
      )
    },
    stop(): void {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
  return job

  async function run(): Promise<void> {
    const trusted = trust()
    if (trusted === 'jumped') throw clockDoubtful('it has jumped within the last day')
    // Once is enough: what has come since came under the same clock.
    if (trusted === 'new' && refusal !== null) throw refusal
    const asks = retentionAsks(projects, now())
    try {
      await remove(trusted === 'steady' ? asks : asks.map((ask) => ({ ...ask, provenSince: now() - silenceMs })))
    } catch (cause) {
      if (cause instanceof FootfallError && cause.code === 'clock_doubtful') refusal = cause
      throw cause
    }
  }

  function again(afterMs: number, onError: (cause: unknown) => void): void {
    if (!isStopped) timer = setTimeout(() => job.start(onError), afterMs).unref()
  }
}
