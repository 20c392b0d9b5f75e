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

test('what a full device does not take stays in memory, and what stood there before goes', () => {
  const storage = createStorage('shop:')
  storage.write('a', 1)
  storage.write('big', 1)
  storage.write('big', 'x'.repeat(6 * 1024 * 1024))
  expect(storage.read('a')).toBe(1)
  expect(storage.read('big')).toHaveLength(6 * 1024 * 1024)
  expect(localStorage.getItem('shop:big')).toBeNull()
})

test('after a device was full once, values are written to it and removed from it as before', () => {
  const storage = createStorage('shop:')
  storage.write('visitor', 'known')
  storage.write('big', 'x'.repeat(6 * 1024 * 1024))
  storage.write('visitor')
  expect(localStorage.getItem('shop:visitor')).toBeNull()
  storage.write('big', 'small')
  expect(localStorage.getItem('shop:big')).toBe('"small"')
  expect(storage.read('big')).toBe('small')
})

test('what cannot be read is not there', () => {
  localStorage.setItem('shop:a', '{"half":')
  expect(createStorage('shop:').read('a')).toBeUndefined()
})

test.each([
  { name: 'one of its values', key: 'shop:a', calls: 1 },
  { name: 'everything', key: null, calls: 1 },
  { name: 'what is not its own', key: 'other', calls: 0 },
])('hears when another tab changes $name: $calls times', ({ key, calls }) => {
  const listener = vi.fn()
  createStorage('shop:').onChange(listener)
  dispatchEvent(new StorageEvent('storage', { key }))
  expect(listener).toHaveBeenCalledTimes(calls)
})

test.each([
  {
    name: 'forbids',
    get: () => {
      throw new DOMException('denied', 'SecurityError')
    },
  },
  { name: 'has none', get: () => null as unknown as globalThis.Storage },
])('a device that $name is replaced by memory', ({ get }) => {
  const forbidden = vi.spyOn(window, 'localStorage', 'get').mockImplementation(get)
  const storage = createStorage('shop:')
  forbidden.mockRestore()
  storage.write('a', 1)
  expect(storage.read('a')).toBe(1)
  storage.write('a')
  expect(storage.read('a')).toBeUndefined()
  expect(localStorage.length).toBe(0)
})
