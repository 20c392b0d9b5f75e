import { describe, expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { proofBegins } from '../../../src/sinks/sqlite/receipt-days.ts'
import { retain } from '../../../src/sinks/sqlite/retention.ts'
import { runToEnd } from '../../../src/sinks/sqlite/slices.ts'
import { writeDelivery } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { delivery, eventRecord, hashOf, project, utcDays } from '../sink.contract.ts'

const day = 86_400_000
const now = Date.UTC(2036, 10, 21, 12)
const dayOf = utcDays()

describe('a clock at the start', () => {
  const many = Array.from({ length: 20 }, (_, index) => index)

  test.each([
    { name: 'is believed when nothing ever came', daysAgo: [], isBelieved: true },
    { name: 'is believed in a new shop', daysAgo: [2, 1], isBelieved: true },
    { name: 'is believed after a week', daysAgo: [3650, 400, 300, 200, 3, 2, 1, 0], isBelieved: true },
    { name: 'is not believed after less', daysAgo: [3650, 400, 300, 200, 3, 2, 1], isBelieved: false },
    {
      name: 'is not believed for what came on two starts under it',
      daysAgo: [...many.map((n) => 3650 + n), 3, 1],
      isBelieved: false,
    },
    { name: 'is not believed for much that came on one day', daysAgo: [3650, ...many.map(() => 1)], isBelieved: false },
    { name: 'is not believed when all is old', daysAgo: many.map((n) => 3650 + n), isBelieved: false },
  ])('$name', async ({ daysAgo, isBelieved }) => {
    const { db, lock } = openForWriting(await temporaryFolder())
    onTestFinished(() => {
      db.close()
      lock.close()
    })
    const write = createWrite(db, hashOf, utcDays)
    for (const [index, days] of daysAgo.toSorted((one, other) => other - one).entries()) {
      const receivedAt = now - days * day
      const received = { receivedAt, receivedDay: dayOf(receivedAt) }
      // What one project received is proof for all. What a sender says of its time is none.
      const of = index % 2 === 0 ? project : 'other'
      write([writeDelivery(delivery([eventRecord({ occurredAt: now - index * day })], { project: of, ...received }))])
    }
    const asks = [{ project, cutoffs: { analytics: now - 30 * day }, provenSince: now - 730 * day }]
    const run = () => runToEnd(retain(db, asks, utcDays, proofBegins(db, [project, 'other'])))
    if (isBelieved) expect(run()).toHaveLength(1)
    else expect(run).toThrow(expect.objectContaining({ code: 'clock_doubtful' }))
  })
})
