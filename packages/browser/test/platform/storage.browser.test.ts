import { beforeEach, expect, test, vi } from 'vitest'
import { createStorage } from '../../src/platform/storage.ts'

beforeEach(() => localStorage.clear())

test('keeps values under its prefix and removes them', () => {
  const storage = createStorage('shop:')
  storage.write('a', { x: 1 })
  expect(localStorage.getItem('shop:a')).toBe('{"x":1}')
  expect(storage.read('a')).toEqual({ x: 1 })
  storage.write('a', undefined)
  expect(storage.read('a')).toBeUndefined()
  expect(localStorage.length).toBe(0)
})

test('names only its own keys', () => {
  localStorage.setItem('other', '1')
  const storage = createStorage('shop:')
  storage.write('spool:1', [])
  storage.write('visitor', {})
  expect(storage.keys('spool:')).toEqual(['spool:1'])
})

test('a device that is full is replaced by memory, with what it had', () => {
  const storage = createStorage('shop:')
  storage.write('a', 1)
  storage.write('big', 'x'.repeat(6 * 1024 * 1024))
  expect(storage.read('a')).toBe(1)
  expect(storage.read('big')).toHaveLength(6 * 1024 * 1024)
  expect(localStorage.getItem('shop:big')).toBeNull()
})

test('a device that forbids is replaced by memory', () => {
  const forbidden = vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  const storage = createStorage('shop:')
  forbidden.mockRestore()
  storage.write('a', 1)
  expect(storage.read('a')).toBe(1)
  expect(localStorage.length).toBe(0)
})
