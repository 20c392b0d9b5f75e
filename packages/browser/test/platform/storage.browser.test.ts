import { beforeEach, expect, test, vi } from 'vitest'
import { namesOf, onChange, read, write } from '../../src/platform/storage.ts'

beforeEach(() => localStorage.clear())

test('keeps values and removes them', () => {
  write('shop:a', { x: 1 })
  expect(localStorage.getItem('shop:a')).toBe('{"x":1}')
  expect(read('shop:a')).toEqual({ x: 1 })
  write('shop:a', undefined)
  expect(read('shop:a')).toEqual({})
  expect(localStorage.length).toBe(0)
})

test('names what begins so and nothing else', () => {
  localStorage.setItem('other', '1')
  write('shop:spool:1', [])
  write('shop:visitor', {})
  expect(namesOf('shop:spool:')).toEqual(['shop:spool:1'])
})

test('what a full device does not take stays in memory, and what stood there before goes', () => {
  write('shop:a', [1])
  write('shop:big', 1)
  write('shop:big', ['x'.repeat(6 * 1024 * 1024)])
  expect(read('shop:a')).toEqual([1])
  expect(read('shop:big')).toEqual([expect.any(String)])
  expect(localStorage.getItem('shop:big')).toBeNull()
})

test('after a device was full once, values are written to it and removed from it as before', () => {
  write('shop:visitor', 'known')
  write('shop:big', ['x'.repeat(6 * 1024 * 1024)])
  write('shop:visitor')
  expect(localStorage.getItem('shop:visitor')).toBeNull()
  write('shop:big', ['small'])
  expect(localStorage.getItem('shop:big')).toBe('["small"]')
  expect(read('shop:big')).toEqual(['small'])
})

test('what is to stay in memory leaves nothing on the device, not even what stood there before', () => {
  write('shop:a', [1])
  write('shop:a', [2], true)
  expect(read('shop:a')).toEqual([2])
  expect(localStorage.length).toBe(0)
  write('shop:a', [3])
  expect(localStorage.getItem('shop:a')).toBe('[3]')
})

test('what cannot be read is not there', () => {
  for (const text of ['{"half":', 'null', '7', 'undefined']) {
    localStorage.setItem('shop:a', text)
    expect(Object.keys(read('shop:a')), text).toEqual([])
  }
})

test.each([
  { name: 'one of its values', key: 'shop:a', calls: 1 },
  { name: 'everything', key: null, calls: 1 },
  { name: 'what is not its own', key: 'other', calls: 0 },
])('hears when another tab changes $name: $calls times', ({ key, calls }) => {
  const listener = vi.fn()
  onChange('shop:', listener)
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
])('a device that $name is replaced by memory', async ({ get }) => {
  const forbidden = vi.spyOn(window, 'localStorage', 'get').mockImplementation(get)
  const page = await import(
    /* @vite-ignore */ new URL(`../../src/platform/storage.ts?${crypto.randomUUID()}`, import.meta.url).href
  )
  page.write('shop:a', [1])
  expect(page.read('shop:a')).toEqual([1])
  expect(page.namesOf('shop:')).toEqual(['shop:a'])
  page.write('shop:a')
  expect(page.read('shop:a')).toEqual({})
  forbidden.mockRestore()
  expect(localStorage.length).toBe(0)
})

test('a device that vanishes with the window stays within reach', () => {
  write('shop:a', [1])
  const vanished = vi.spyOn(window, 'localStorage', 'get').mockReturnValue(null as unknown as Storage)
  expect(read('shop:a')).toEqual([1])
  vanished.mockRestore()
})
