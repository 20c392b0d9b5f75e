import { describe, expect, test } from 'vitest'
import { splitAtToday, summaryOf } from '../src/series.ts'

const days = ['2026-11-19', '2026-11-20', '2026-11-21']

describe('a day that is not over is drawn apart', () => {
  test('the line ends yesterday, and the dashed end begins there', () => {
    expect(splitAtToday([5, 7, 2], days, '2026-11-21')).toEqual({ finished: [5, 7, null], unfinished: [null, 7, 2] })
  })

  test('a period in the past is one line', () => {
    expect(splitAtToday([5, 7, 2], days, '2026-12-01')).toEqual({ finished: [5, 7, 2], unfinished: [null, null, null] })
  })

  test('today alone is a point', () => {
    expect(splitAtToday([4], ['2026-11-21'], '2026-11-21')).toEqual({ finished: [null], unfinished: [4] })
  })
})

describe('a chart can be heard', () => {
  const counted = (...events: readonly number[]) => events.map((count, index) => ({ day: days[index] ?? '', events: count }))
  test.each([
    {
      name: 'its lowest and highest day',
      given: counted(5, 1234, 2),
      expect: 'Events: between 2 on 21 Nov and 1,234 on 20 Nov.',
    },
    { name: 'days that are all the same', given: counted(3, 3, 3), expect: 'Events: 3 every day.' },
    { name: 'no days', given: counted(), expect: 'Events: no days.' },
  ])('$name', ({ given, expect: wanted }) => expect(summaryOf('Events', given, 'events')).toBe(wanted))
})
