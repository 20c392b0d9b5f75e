import { expect, test } from 'vitest'
import { startCollector } from '../../packages/collector/test/start-collector.ts'
import { batches, newVisitorsOf } from '../bench/ingest/visits.ts'

interface Sent {
  readonly shared: { readonly anonymous_id: string }
  readonly events: readonly { readonly id: string }[]
}

test.each([1, 20, 50, 500])(
  'what the bench sends in batches of %i is taken whole, and is as many people as it says',
  async (perBatch) => {
    const { url } = await startCollector({ store: 'memory', writeKey: 'wk_bench' })
    const plan = { events: 500, perBatch, knownVisitors: 0, from: Date.now() - 500 }
    const sent = [...batches(plan)] as readonly Sent[]
    for (const body of sent) {
      const answer = await fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(body) })
      expect(await answer.json()).toMatchObject({ accepted: perBatch, problems: [] })
    }
    const ids = sent.flatMap(({ events }) => events.map(({ id }) => id))
    expect(new Set(ids).size).toBe(plan.events)
    expect(new Set(sent.map(({ shared }) => shared.anonymous_id)).size).toBe(newVisitorsOf(plan))
  },
)
