import { createCollector, type Delivery } from '@footfall/collector'
import { createMemorySink } from '../../../packages/collector/src/sinks/memory.ts'
import { batches, type VisitsPlan } from './visits.ts'

/** The settings that every collector of the bench runs with. */
export const settings = {
  writeKey: 'wk_bench',
  secretKey: 'sk_bench_0123456789abcdef',
  logLevel: 'silent',
  origins: ['https://shop.example'],
  // Limits are there to keep load like this away.
  limitPerKey: 'off',
  limitPerAddress: 'off',
} as const
export const projects = [{ id: 'default', baseCurrency: 'EUR', timeZone: 'UTC' }]
export const subjectSecret = 'a secret for the bench'

/** What the collector hands to its store for these batches. */
export async function deliveriesOf(plan: VisitsPlan, now: () => number = Date.now): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = []
  const memory = createMemorySink()
  const accepted = { kind: 'stored', duplicateOf: null } as const
  const store = {
    ...memory,
    async commit(delivery: Delivery) {
      deliveries.push(delivery)
      return delivery.records.map(() => accepted)
    },
  }
  const collector = createCollector({ ...settings, store: 'memory' }, { store, now })
  await collector.ready
  for (const batch of batches(plan)) await collector.request('/v1/events', { method: 'POST', body: JSON.stringify(batch) })
  await collector.close()
  return deliveries
}
