import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createChores } from '../../../src/sinks/sqlite/chores.ts'
import { createSqliteSink } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { delivery, eventRecord, noon, project, subjectSecret } from '../sink.contract.ts'

function* slices(name: string, count: number, heard: string[]): Generator<void, string, void> {
  for (let slice = 1; slice <= count; slice += 1) {
    heard.push(`${name}${slice}`)
    yield
  }
  return name
}

test('of several chores each has its turn, and what tidies up waits for the others', async () => {
  const heard: string[] = []
  const chores = createChores()
  const end = Promise.withResolvers<void>()
  chores.add(
    'tidy',
    () => slices('t', 1, heard),
    () => end.resolve(),
    'when nothing else waits',
  )
  chores.add(
    'retain',
    () => slices('r', 3, heard),
    () => heard.push('r is done'),
  )
  chores.add(
    'erase',
    () => slices('e', 1, heard),
    () => heard.push('e is done'),
  )
  await end.promise
  expect(heard).toEqual(['r1', 'e1', 'r2', 'e is done', 'r3', 'r is done', 't1'])
})

test('an erasure ends while deliveries keep coming', async () => {
  const folder = await temporaryFolder()
  const store = createSqliteSink({ folder, projects: [{ id: project, timeZone: 'UTC', baseCurrency: 'EUR' }], subjectSecret })
  onTestFinished(() => store.close())
  await store.ready
  let isOver = false
  const senders = Array.from({ length: 200 }, async () => {
    const one = delivery(Array.from({ length: 20 }, () => eventRecord({ anonymousId: 'visitor-1' })))
    while (!isOver) await store.commit(one)
  })
  await sleep(200)
  const erased = store.erase({ project, id: 'somebody', at: noon }).then(() => 'erased')
  const outcome = await Promise.race([erased, sleep(10_000, 'still waiting')])
  isOver = true
  await Promise.all(senders)
  expect(outcome).toBe('erased')
})
