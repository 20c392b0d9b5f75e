import { expect, test } from 'vitest'
import { createIdbQueue } from '../../src/queue/idb-queue.ts'
import { sealed } from '../builders.ts'
import { numberingContract, queueContract } from './queue.contract.ts'

const freshName = () => `test:${crypto.randomUUID()}`

queueContract(() => createIdbQueue(freshName()))
numberingContract(() => createIdbQueue(freshName()))

test('nothing is on the device before the first use', async () => {
  const name = freshName()
  createIdbQueue(name)
  expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name)
})

test('two tabs that write at the same time number every event once', async () => {
  const name = freshName()
  const tabs = [createIdbQueue(name), createIdbQueue(name)]
  await Promise.all(Array.from({ length: 20 }, (_, index) => tabs[index % 2]?.change([sealed()], [])))
  const numbers = (await tabs[0]?.peek(100))?.map(({ seq }) => seq)
  expect(numbers?.toSorted((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
})

test('events that nobody numbers leave no counter behind', async () => {
  const name = freshName()
  await createIdbQueue(name).change([sealed({ owner: null })], [])
  const opened = indexedDB.open(name)
  await new Promise((resolve) => {
    opened.onsuccess = resolve
  })
  const all = opened.result.transaction('events').objectStore('events').count()
  await new Promise((resolve) => {
    all.onsuccess = resolve
  })
  expect(all.result).toBe(1)
})
