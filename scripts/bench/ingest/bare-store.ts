import type { Delivery } from '@footfall/collector'
import { createSqliteSink } from '../../../packages/collector/src/sinks/sqlite/sqlite-sink.ts'
import { deliveriesOf, projects, subjectSecret } from './deliveries.ts'
import { answerQuestions } from './processes.ts'
import { watchUsage } from './usage.ts'
import type { VisitsPlan } from './visits.ts'

export interface Stored {
  readonly eventsPerSecond: number
  readonly cpuUsPerEvent: number
}

let deliveries: readonly Delivery[] = []

interface StoreRun {
  readonly folder: string
  readonly inFlight: number
  readonly seconds: number
}

// The store alone: the same rows, already judged, committed as durably.
answerQuestions({
  async prepare(plan: VisitsPlan) {
    deliveries = await deliveriesOf(plan)
  },
  async run({ folder, inFlight, seconds }: StoreRun): Promise<Stored> {
    const many = Number.MAX_SAFE_INTEGER
    const store = createSqliteSink({ folder, projects, subjectSecret, maxWaitingEvents: many, maxWaitingBytes: many })
    await store.ready
    const usageIn = watchUsage()
    const from = Date.now()
    const begin = performance.now()
    let events = 0
    let sent = 0
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (performance.now() - begin < seconds * 1000) {
          const delivery = deliveries[sent++]
          if (delivery === undefined) return
          await store.commit(delivery)
          events += delivery.records.length
        }
      }),
    )
    const elapsed = (performance.now() - begin) / 1000
    const { cpuUs } = usageIn({ from, to: Date.now() })
    await store.close()
    return { eventsPerSecond: events / elapsed, cpuUsPerEvent: cpuUs / events }
  },
})
