import type { Project } from '../config.ts'
import { createDayOf } from '../normalise/day.ts'
import { cutoffsOf, type RetentionAsk } from './retention.ts'

/** What has been kept for long enough today, by project; projects that keep everything are left out. */
export const retentionAsks = (
  projects: readonly Pick<Project, 'id' | 'timeZone' | 'retentionDays'>[],
  now: number,
): readonly RetentionAsk[] =>
  projects
    .filter(({ retentionDays }) => Object.keys(retentionDays).length > 0)
    .map(({ id, timeZone, retentionDays }) => ({ project: id, cutoffs: cutoffsOf(retentionDays, now, createDayOf(timeZone)) }))

const everyMs = 24 * 60 * 60 * 1000

/** Removes what is old enough: once at the start, then daily. */
export function createRetentionJob(
  projects: readonly Project[],
  now: () => number,
  remove: (asks: readonly RetentionAsk[]) => Promise<void>,
): { start(onError: (cause: unknown) => void): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null
  let isStopped = false
  return {
    start(onError) {
      const asks = retentionAsks(projects, now())
      if (asks.length === 0 || isStopped) return
      timer = setTimeout(() => this.start(onError), everyMs).unref()
      remove(asks).catch((cause: unknown) => {
        if (!isStopped) onError(cause)
      })
    },
    stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
