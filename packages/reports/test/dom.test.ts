// @vitest-environment happy-dom
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arrange, element, prose } from '../src/dom.ts'

test('no text becomes markup', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constant('<img src=x onerror=alert(1)>')), (text) => {
      const made = element('p', {}, text)
      expect(made.textContent).toBe(text)
      expect(made.children).toHaveLength(0)
    }),
  )
})

test('an attribute is set by its value: true is empty, false and undefined are none', () => {
  const made = element('input', { value: 'a"b', required: true, disabled: false, name: undefined, tabindex: 0 })
  expect(made.outerHTML).toBe('<input value="a&quot;b" required="" tabindex="0">')
})

test('backticks in our own sentences mark code', () => {
  expect(element('p', {}, ...prose('kept in `keys.json`.')).innerHTML).toBe('kept in <code>keys.json</code>.')
})

test('arranging brings children into any order and does not touch those that stay in theirs', () => {
  const all = Array.from({ length: 8 }, (_, index) => element('li', {}, String(index)))
  fc.assert(
    fc.property(fc.shuffledSubarray(all), fc.shuffledSubarray(all), (before, after) => {
      const list = element('ul', {}, ...before)
      arrange(list, after)
      expect([...list.children]).toEqual(after)
    }),
  )
})

test('a new row at the top leaves the others where they are', () => {
  const [first, second, third] = ['a', 'b', 'c'].map((text) => element('li', {}, text))
  const list = element('ul', {}, second, third)
  const touched: Node[] = []
  const { insertBefore } = list
  list.insertBefore = (node, place) => {
    touched.push(node)
    return insertBefore.call(list, node, place) as typeof node
  }
  arrange(
    list,
    [first, second].filter((row) => row !== undefined),
  )
  expect(touched).toEqual([first])
})
