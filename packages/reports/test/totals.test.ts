import { describe, expect, test } from 'vitest'
import { balance, exclusionsOf } from '../src/totals.ts'

describe('what is left out is said', () => {
  test.each([
    { bots: 0, duplicates: 0, rateless: 0, expect: 'Nothing is left out: no bots and no repeats in this period.' },
    { bots: 1, duplicates: 0, rateless: 0, expect: 'Not counted here: 1 event from bots.' },
    {
      bots: 312,
      duplicates: 1,
      rateless: 0,
      expect:
        'Not counted here: 312 events from bots; 1 repeat of what was already counted, such as a reloaded thank-you page or a double click.',
    },
    {
      bots: 0,
      duplicates: 0,
      rateless: 2,
      expect:
        'Nothing is left out: no bots and no repeats in this period. Revenue lacks 2 orders in currencies without an exchange rate.',
    },
  ])('$expect', ({ bots, duplicates, rateless, expect: wanted }) => {
    expect(exclusionsOf({ bots, duplicates, orders_without_rate: rateless })).toBe(wanted)
  })
})

describe('the accounting line is checked, not believed', () => {
  const verdicts = { accepted: 10, duplicate: 3, quarantined: 2, rejected: 1 }
  test.each([
    { received: 16, isBalanced: true, says: 'It adds up' },
    { received: 17, isBalanced: false, says: '1 received event without a verdict' },
    { received: 14, isBalanced: false, says: '2 verdicts more than events received' },
  ])('$received received: $says', ({ received, isBalanced, says }) => {
    expect(balance({ received, ...verdicts })).toEqual({ isBalanced, sentence: expect.stringContaining(says) })
  })
})
