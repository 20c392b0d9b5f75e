import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBuckets } from '../../src/limits/buckets.ts'
import { createNetworkBuckets } from '../../src/limits/network-buckets.ts'
import { networksOf } from '../../src/limits/networks-of.ts'
import { readRate } from '../../src/limits/rate.ts'

const clock = () => {
  let now = 1000
  const pass = (ms: number): void => {
    now += ms
  }
  return { elapsedMs: () => now, pass }
}

describe('a bucket', () => {
  test('lets a burst through, then as many as a second brings', () => {
    const { elapsedMs, pass } = clock()
    const buckets = createBuckets({ perSecond: 2, burst: 3 }, 10, elapsedMs)
    for (let request = 0; request < 3; request += 1) {
      expect(buckets.waitMs('a')).toBe(0)
      buckets.take('a', 1)
    }
    expect(buckets.waitMs('a')).toBe(500)
    expect(buckets.waitMs('b')).toBe(0)
    pass(499)
    expect(buckets.waitMs('a')).toBeGreaterThan(0)
    pass(1)
    expect(buckets.waitMs('a')).toBe(0)
    buckets.take('a', 1)
    expect(buckets.waitMs('a')).toBe(500)
  })

  test('owes what it was told late, and is full again no sooner for it', () => {
    const { elapsedMs, pass } = clock()
    const buckets = createBuckets({ perSecond: 10, burst: 5 }, 10, elapsedMs)
    buckets.take('a', 500)
    expect(buckets.waitMs('a')).toBe(49_600)
    pass(49_600)
    expect(buckets.waitMs('a')).toBe(0)
  })

  test('of somebody who was quiet for longest is forgotten, so that there are never more than so many', () => {
    const { elapsedMs } = clock()
    const buckets = createBuckets({ perSecond: 1, burst: 1 }, 3, elapsedMs)
    for (const name of ['a', 'b', 'c', 'd']) buckets.take(name, 1)
    expect(['a', 'b', 'c', 'd'].map((name) => buckets.waitMs(name) > 0)).toEqual([false, true, true, true])
  })

  test('law: whenever it is asked, no more than the burst and what the time brought is let in, and a wait is never too short or too long', () => {
    const step = fc.record({ pauseMs: fc.nat({ max: 3000 }), tokens: fc.integer({ min: 1, max: 4 }) })
    const rates = fc.record({ perSecond: fc.integer({ min: 1, max: 20 }), burst: fc.integer({ min: 1, max: 30 }) })
    fc.assert(
      fc.property(rates, fc.array(step, { maxLength: 60 }), (rate, steps) => {
        const { elapsedMs, pass } = clock()
        const started = elapsedMs()
        const buckets = createBuckets(rate, 10, elapsedMs)
        let spent = 0
        for (const { pauseMs, tokens } of steps) {
          pass(pauseMs)
          const waitMs = buckets.waitMs('a')
          if (waitMs > 0) {
            pass(waitMs * 0.99)
            expect(buckets.waitMs('a')).toBeGreaterThan(0)
            pass(waitMs * 0.01 + 0.001)
            expect(buckets.waitMs('a')).toBe(0)
          }
          buckets.take('a', tokens)
          spent += tokens
          const brought = ((elapsedMs() - started) / 1000) * rate.perSecond
          // What was told late is owed: at most all but one of the last tokens.
          expect(spent).toBeLessThanOrEqual(rate.burst + brought + tokens - 1 + 0.01)
        }
      }),
    )
  })
})

test.each<{ given: unknown; expected: ReturnType<typeof readRate> }>([
  { given: '50', expected: { perSecond: 50, burst: 3000 } },
  { given: 50, expected: { perSecond: 50, burst: 3000 } },
  { given: '50:100', expected: { perSecond: 50, burst: 100 } },
  { given: ' 0.5:10 ', expected: { perSecond: 0.5, burst: 10 } },
  { given: '0.001', expected: { perSecond: 0.001, burst: 1 } },
  { given: 'off', expected: null },
  { given: '0', expected: undefined },
  { given: '50:0', expected: undefined },
  { given: '-5', expected: undefined },
  { given: '1e9', expected: undefined },
  { given: '50/s', expected: undefined },
  { given: '', expected: undefined },
  { given: Number.NaN, expected: undefined },
  { given: Number.POSITIVE_INFINITY, expected: undefined },
  { given: null, expected: undefined },
  { given: ['50'], expected: undefined },
])('a rate of $given', ({ given, expected }) => {
  expect(readRate(given)).toEqual(expected)
})

test.each([
  { address: '203.0.113.9', expected: ['203.0.113.9'] },
  { address: '2001:db8:1:2:3:4:5:6', expected: ['2001:db8:1:2', '2001:db8:1'] },
  { address: '2001:db8:1:2::9', expected: ['2001:db8:1:2', '2001:db8:1'] },
  { address: '2001:db8::9', expected: ['2001:db8:0:0', '2001:db8:0'] },
  { address: '2001:db8::1:0:0:9', expected: ['2001:db8:0:0', '2001:db8:0'] },
  { address: '::9', expected: ['0:0:0:0', '0:0:0'] },
  { address: '2001:db8::', expected: ['2001:db8:0:0', '2001:db8:0'] },
  { address: '64:ff9b::203.0.113.9', expected: ['64:ff9b:0:0', '64:ff9b:0'] },
  { address: '1:2:3:4:5:6:203.0.113.9', expected: ['1:2:3:4', '1:2:3'] },
])('the networks of $address', ({ address, expected }) => {
  expect(networksOf(address)).toEqual(expected)
})

test('law: addresses of one network have its name, of two have two, and no address has the name of a network', () => {
  const groups = (count: number) => fc.array(fc.nat({ max: 0xffff }), { minLength: count, maxLength: count })
  const text = (all: readonly number[]) => all.map((group) => group.toString(16)).join(':')
  fc.assert(
    fc.property(
      groups(3),
      groups(1),
      groups(4),
      groups(3),
      groups(1),
      groups(4),
      (site, net, host, otherSite, otherNet, otherHost) => {
        const of = (...all: number[][]) => networksOf(text(all.flat()))
        expect(of(site, net, host)).toEqual(of(site, net, otherHost))
        expect(of(site, net, host)[1]).toBe(of(site, otherNet, otherHost)[1])
        if (text(net) !== text(otherNet)) expect(of(site, net, host)[0]).not.toBe(of(site, otherNet, host)[0])
        if (text(site) !== text(otherSite)) expect(of(site, net, host)).not.toEqual(of(otherSite, net, host))
        expect(of(site, net, host)[0]).not.toBe(of(otherSite, otherNet, host)[1])
      },
    ),
  )
})

describe('buckets of networks', () => {
  const rate = { perSecond: 1, burst: 3 }

  test('hold an address to one part and the network around it to another, and nobody who has no name', () => {
    const { elapsedMs, pass } = clock()
    const buckets = createNetworkBuckets(rate, [1, 2], elapsedMs)
    buckets.take(['a', 'net'], 3)
    expect([['a', 'net'], ['b', 'net'], ['a'], ['c'], []].map((names) => buckets.waitMs(names))).toEqual([1000, 0, 1000, 0, 0])
    buckets.take(['b', 'net'], 3)
    expect(buckets.waitMs(['c', 'net'])).toBe(500)
    pass(500)
    expect(buckets.waitMs(['c', 'net'])).toBe(0)
    expect(buckets.waitMs(['a', 'net'])).toBe(500)
  })

  test('let one through now and then, however small the part is', () => {
    const buckets = createNetworkBuckets(rate, [1 / 4], clock().elapsedMs)
    expect(buckets.waitMs(['a'])).toBe(0)
    buckets.take(['a'], 1)
    expect(buckets.waitMs(['a'])).toBe(4000)
  })
})
