import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sealed } from '../../src/capture/seal.ts'
import { cutBatch } from '../../src/delivery/cut-batch.ts'
import { encodeBatch } from '../../src/delivery/encode-batch.ts'
import { sealed } from '../builders.ts'

const anyQueue = (): fc.Arbitrary<Sealed[]> =>
  fc.array(
    fc
      .record({ title: fc.string({ unit: 'grapheme', maxLength: 200 }), context: fc.constantFrom('{"a":1}', '{"b":"ü"}') })
      .map(({ title, context }) => sealed({ context, event: JSON.stringify({ id: 'x', title }).slice(0, -1), seq: 123_456 })),
    { maxLength: 40 },
  )
const anyLimits = () => fc.record({ maxEvents: fc.integer({ min: 1, max: 30 }), maxBytes: fc.integer({ min: 1, max: 4_000 }) })
const frame = { write_key: '', tracker: { name: '', version: '' } }

test('cutting again and again loses nothing and keeps the order', () => {
  fc.assert(
    fc.property(anyQueue(), anyLimits(), (queue, limits) => {
      const sent: Sealed[] = []
      for (let rest: readonly Sealed[] = queue; rest.length > 0; ) {
        const batch = cutBatch(rest, limits)
        expect(batch.length).toBeGreaterThan(0)
        sent.push(...batch)
        rest = rest.slice(batch.length)
      }
      expect(sent).toEqual(queue)
    }),
  )
})

test('a batch fits its limits in events and in UTF-8 bytes, unless it is a single event', () => {
  fc.assert(
    fc.property(anyQueue(), anyLimits(), (queue, limits) => {
      const batch = cutBatch(queue, limits)
      expect(batch.length).toBeLessThanOrEqual(limits.maxEvents)
      if (batch.length < 2) return
      const empty = new TextEncoder().encode(encodeBatch(frame, [])).length
      expect(new TextEncoder().encode(encodeBatch(frame, batch)).length - empty).toBeLessThanOrEqual(limits.maxBytes)
    }),
  )
})

test('a batch is the longest that fits', () => {
  const queue = Array.from({ length: 10 }, () => sealed())
  expect(cutBatch(queue, { maxEvents: 10, maxBytes: 100_000 })).toHaveLength(10)
  expect(cutBatch(queue, { maxEvents: 3, maxBytes: 100_000 })).toHaveLength(3)
})
