import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { rememberStatements } from '../../../src/sinks/sqlite/remember-statements.ts'

function open(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  onTestFinished(() => db.close())
  return rememberStatements(db)
}

test('each text is compiled once for a connection', () => {
  const [one, other] = [open(), open()]
  expect(one.prepare('SELECT 1')).toBe(one.prepare('SELECT 1'))
  expect(one.prepare('SELECT 2')).not.toBe(one.prepare('SELECT 1'))
  expect(other.prepare('SELECT 1')).not.toBe(one.prepare('SELECT 1'))
})

test('a statement that is used again answers anew, also where it was left in the middle', () => {
  const db = open()
  const numbers = 'SELECT value FROM json_each(?)'
  for (const { value } of db.prepare(numbers).iterate('[1, 2]')) {
    expect(value).toBe(1)
    break
  }
  expect(db.prepare(numbers).all('[3]')).toEqual([{ value: 3 }])
})

test('a text that cannot be compiled is refused each time', () => {
  const db = open()
  expect(() => db.prepare('SELECT one FROM nowhere')).toThrow('nowhere')
  expect(() => db.prepare('SELECT one FROM nowhere')).toThrow('nowhere')
})

test('of texts that never come again, as many are kept as fit', () => {
  const db = open()
  const first = db.prepare('SELECT 0')
  for (let number = 1; number <= 500; number += 1) db.prepare(`SELECT ${number}`)
  expect(db.prepare('SELECT 0')).not.toBe(first)
})
