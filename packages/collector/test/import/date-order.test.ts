import { expect, test } from 'vitest'
import { proposedOrder, surveyDateOrder } from '../../src/import/date-order.ts'

test.each([
  { given: ['03/04/2026', '13/04/2026'], expected: 'DMY', open: 1 },
  { given: ['03-04-2026', '04-13-2026 10:15'], expected: 'MDY', open: 1 },
  { given: ['13/04/2026', '04/13/2026'], expected: null, open: 0 },
  { given: ['03/04/2026', '04/04/2026', '2026-04-13', '13.04.2026', 'soon', 46095, ''], expected: null, open: 1 },
  { given: ['13/04/26'], expected: 'DMY', open: 0 },
  { given: [], expected: null, open: 0 },
])('$given propose $expected', ({ given, expected, open }) => {
  const survey = surveyDateOrder()
  for (const text of given) survey.look(text)
  expect(survey.evidence().open).toBe(open)
  expect(proposedOrder(survey.evidence())).toBe(expected)
})
