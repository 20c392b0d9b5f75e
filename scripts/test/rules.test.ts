import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rules, rulesInSources, rulesPage, rulesText, testsOfRules } from '../rules.ts'

const tests = testsOfRules()

test('every rule that decides about an event has a meaning', () => {
  expect([...rulesInSources()].filter((rule) => !rules.has(rule))).toEqual([])
})

test('every rule has a test that names it', () => {
  expect([...rules.keys()].filter((rule) => !tests.has(rule))).toEqual([])
})

test('the table of rules is what `pnpm rules` makes', () => {
  expect(readFileSync(rulesPage, 'utf8')).toBe(rulesText(tests))
})
