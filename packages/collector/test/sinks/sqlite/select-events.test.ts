import { limits } from '@footfall/events'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { selectEvents, selectLate } from '../../../src/sinks/sqlite/select-events.ts'
import { temporaryFolder } from '../../start-collector.ts'

const page = { limit: 100, after: 0 }

test.each([
  { name: 'everything', filter: {} },
  { name: 'a name', filter: { name: 'order_completed' } },
  { name: 'a user', filter: { userId: 'u' } },
  { name: 'a visitor', filter: { anonymousId: 'a' } },
  { name: 'a user and a name', filter: { userId: 'u', name: 'order_completed' } },
  { name: 'a period', filter: { from: 1, to: 2 } },
  { name: 'a period and a name', filter: { from: 1, to: 2, name: 'order_completed' } },
])('$name is found without reading or sorting the whole table', async ({ filter }) => {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const { sql, values } = selectEvents({ project: 'default', ...filter }, page, false)
  const plan = db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(values)
    .map((step) => String(step.detail))
  expect(plan.filter((step) => /\bSCAN events\b/.test(step))).toEqual([])
  expect(plan.filter((step) => step.includes('TEMP B-TREE FOR ORDER BY') && !step.includes('LAST TERM'))).toEqual([])
})

test('whether a period has late events is answered by their index', async () => {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const { sql, values } = selectLate({ project: 'default', from: 1, to: 2 })
  const plan = db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(values)
    .map((step) => String(step.detail))
  expect(plan.filter((step) => step.includes('events'))).toEqual([
    expect.stringContaining('SEARCH events USING INDEX late_events (project=? AND occurred_at>? AND occurred_at<?)'),
    expect.stringContaining('SEARCH events USING INDEX replayed_events (project=? AND occurred_at>? AND occurred_at<?)'),
  ])
  expect(limits.maxQueueAgeMs + 3_600_000).toBe(608_400_000)
})
