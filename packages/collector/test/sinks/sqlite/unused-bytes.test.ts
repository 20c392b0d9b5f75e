import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { emptyLog } from '../../../src/sinks/sqlite/empty-log.ts'
import { openForWriting, storeFile } from '../../../src/sinks/sqlite/open.ts'
import { clearUnused, createStoreBytes, firstPage, unusedIn } from '../../../src/sinks/sqlite/unused-bytes.ts'
import { temporaryFolder } from '../../start-collector.ts'

test('what cells leave behind when they move is overwritten, and nothing else is', async () => {
  const folder = await temporaryFolder()
  const { db, lock } = openForWriting(folder)
  const bytes = createStoreBytes(storeFile(folder))
  onTestFinished(() => {
    db.close()
    bytes.close()
    lock.close()
  })
  // A fixed disorder: pages split in their middle, and are packed anew when much of them goes.
  let state = 1
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return state
  }
  const add = db.prepare("INSERT INTO subject_sessions VALUES ('p', 'anonymous', ?, ?)")
  const drop = db.prepare("DELETE FROM subject_sessions WHERE project = 'p' AND kind = 'anonymous' AND subject = ?")
  const names = Array.from(
    { length: 40_000 },
    (_, index) => `${random()}-${index % 4 === 0 ? 'remnant' : 'kept'}-${'x'.repeat(random() % 200)}`,
  )
  db.exec('BEGIN')
  for (const name of names) add.run(name, 's')
  db.exec('COMMIT; BEGIN')
  for (const name of names) if (name.includes('remnant')) drop.run(name)
  db.exec('COMMIT')
  const contentOf = (): unknown =>
    db
      .prepare('SELECT * FROM subject_sessions')
      .all()
      .map((row) => JSON.stringify(row))
  const content = contentOf()
  emptyLog(db)
  // Otherwise there would be nothing to see to.
  expect((await readFile(storeFile(folder))).includes('remnant')).toBe(true)

  for (let page: number | null = firstPage; page !== Number.POSITIVE_INFINITY; ) {
    page = clearUnused(db, bytes, page ?? firstPage)
  }
  expect((await readFile(storeFile(folder))).includes('remnant')).toBe(false)
  expect(contentOf()).toEqual(content)
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  // And it goes on as before: nothing that was remembered comes back.
  db.exec('BEGIN')
  for (const name of names.slice(0, 2000)) if (!name.includes('remnant')) drop.run(name)
  db.exec('COMMIT')
  emptyLog(db)
  expect((await readFile(storeFile(folder))).includes('remnant')).toBe(false)
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
}, 60_000)

test.each([
  { name: 'a page of another kind', page: [0, 0, 0, 0, 0, 0, 0, 0], expected: null },
  { name: 'a page that says impossible things', page: [13, 0, 0, 0, 200, 0, 4, 0], expected: null },
  { name: 'a cell where none can be', page: [13, 0, 0, 0, 1, 0, 14, 0, 0, 3, 9, 9, 9, 9, 1, 1], expected: null },
  { name: 'a page with one cell', page: [13, 0, 0, 0, 1, 0, 14, 0, 0, 14, 9, 9, 9, 9, 1, 1], expected: { from: 10, to: 14 } },
])('$name', ({ page, expected }) => {
  expect(unusedIn(Uint8Array.from(page))).toEqual(expected)
})
