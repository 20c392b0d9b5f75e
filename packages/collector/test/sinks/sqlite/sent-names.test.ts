import { expect, onTestFinished, test } from 'vitest'
import { openForReading, openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { createRead } from '../../../src/sinks/sqlite/read.ts'
import { writeDelivery } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { delivery, eventRecord, hashOf, project, utcDays } from '../sink.contract.ts'

test('a page of events is of one moment, whatever is erased or renamed while it is read', async () => {
  const folder = await temporaryFolder()
  const { db, lock } = openForWriting(folder)
  const reading = openForReading(folder)
  onTestFinished(() => {
    reading.close()
    db.close()
    lock.close()
  })
  const unknown = () => eventRecord({ name: 'kauf', originalName: 'kauf', flags: ['unrecognized'] })
  createWrite(db, hashOf, utcDays)([writeDelivery(delivery([unknown(), unknown(), unknown()]))])
  // Between finding the events and reading them, others have their turn.
  const prepare = reading.prepare.bind(reading)
  reading.prepare = (sql) => {
    const statement = prepare(sql)
    if (!sql.endsWith('FROM events WHERE position = ?')) return statement
    const get = statement.get.bind(statement)
    // It is asked with a position.
    statement.get = (position: unknown) => {
      db.exec("DELETE FROM events WHERE position = 2; UPDATE events SET name = 'order_completed'")
      return get(Number(position))
    }
    return statement
  }
  const ask = { project, name: 'kauf', page: { limit: 10, after: null } }
  const read = createRead(reading)
  expect(read.unknownEvents(ask).rows.map(({ position, event }) => [position, event.name])).toEqual([
    [1, 'kauf'],
    [2, 'kauf'],
    [3, 'kauf'],
  ])
  expect(read.unknownEvents(ask).rows).toEqual([])
})
